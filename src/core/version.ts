// The name and version this program gives itself; the version is that of package.json, a test sees to it.

export const NAME = 'kairos-pull';
export const VERSION = '0.1.0';
