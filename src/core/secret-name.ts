// Whether the name of a variable suggests that its value is a secret.

/** Whole words between underscores, and the names that CI services, clouds and HTTP clients use for secrets. */
const SECRET_NAME = new RegExp(
  [
    /(?:^|_)(?:PASSWORD|PASSWD|TOKEN|SECRET|CREDENTIALS?)(?:_|$)/,
    /_(?:KEY|AUTH)$/,
    /^AWS_(?:SECRET|SESSION|ACCESS_KEY)/,
    /^DOCKER_AUTH_CONFIG$/,
    // A proxy's address often contains credentials.
    /^(?:HTTPS?|ALL)_PROXY$/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

/** In any case: files of credentials often use lower-case names. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);
