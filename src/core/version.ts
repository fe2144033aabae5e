// The name and version of this program; a test verifies that the version equals that of package.json.

export const NAME = 'kairos-pull';
export const VERSION = '0.1.0';
