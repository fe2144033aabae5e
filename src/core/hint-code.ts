// What kind of step a hint advises: stable codes for programs, which need not read the text.

/** Every code and its meaning. An open list, as the causes are: additions are not breaking changes. */
export const HINT_CODES = {
  'log-in': 'Log in to the registry, log in again, or provide its credentials in another way.',
  'check-access': 'Check the name, and whether the account may pull the repository.',
  'install-credential-helper':
    'Install the credential helper that should return the login, or configure the login without it.',
  'check-credential-helper': 'Repair or remove the credential helper that should return the login.',
  'check-credentials-file': 'Repair the file or variable that should contain the login.',
  'complete-credentials': 'Set the variables that the credentials lack.',
  'check-name': 'Check the spelling of the registry, the repository, the tag, the digest or the platform.',
  'check-registry':
    'Check the host and port, and whether a proxy or a captive portal responds instead of the registry.',
  'check-connection': 'Check the network path: firewall, VPN, route, or try from another network.',
  'check-name-resolution': 'Check the host name, the DNS server and the VPN.',
  'check-certificate': 'Have the certificate of the registry renewed or reissued, and check the clock.',
  'check-proxy': 'Correct the proxy, its credentials, or the variable that names it.',
  'check-mirror': 'Repair the mirror, or remove it from the configuration.',
  'trust-authority': 'Trust the authority that issued the certificate of the registry.',
  'client-certificate': 'Provide a client certificate, or a valid one.',
  'plain-http': 'Use http, or https, for this registry.',
  'keep-https': 'Have the registry keep the connection encrypted, or check without credentials.',
  'allow-private': 'Allow the registry to direct requests to private addresses, if that is intended.',
  'allow-realm': 'Add the host of the token service to the realms of the registry, if it is the right one.',
  'increase-timeout': 'Allow more time.',
  'raise-open-file-limit': 'Check fewer images concurrently, or raise the limit of open files.',
  'add-memory': 'Check fewer images concurrently, or allow the process more memory.',
  'build-platform': 'Build and push the image for the required platform.',
  'bypass-cache': 'Do not use the content: find the cache, proxy or storage that replaced it.',
  'push-again': 'Push the image again, or have the registry restore its content.',
  'use-other-tool': 'It is not a container image: use the tool that created it.',
  'ask-for-approval': 'Ask the owner of the policy or of the image to allow it, or accept the terms.',
  'contact-operator': 'Only the operator of the registry, or of a proxy in front of it, can solve this.',
  'try-later': 'Try again later, or after the time that the registry asks for.',
  'report-bug': 'Report the bug.',
} as const satisfies Readonly<Record<string, string>>;

export type HintCode = keyof typeof HINT_CODES;
