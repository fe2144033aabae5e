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

/** In any case, and in camel case: files of credentials use such names, `db_password` and `_authToken`. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) || SECRET_NAME.test(partWords(name));

/** `authToken` as `auth_Token`, `DBPassword` as `DB_Password`. */
const partWords = (name: string): string =>
  name.replace(/([a-z0-9])(?=[A-Z])/g, '$1_').replace(/([A-Z])(?=[A-Z][a-z])/g, '$1_');
