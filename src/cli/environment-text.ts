// The environment variables besides those of the options: for the manual page and docs/options.md.

export interface VariableText {
  readonly names: readonly string[];
  readonly effect: string;
  /** The page of docs that says more, and its section. */
  readonly page?: string;
  /** Of proxies. */
  readonly anyCase?: true;
}

export const ENVIRONMENT: readonly VariableText[] = [
  {
    names: ['KAIROS_PULL_REGISTRY', 'KAIROS_PULL_USERNAME', 'KAIROS_PULL_PASSWORD'],
    effect: 'credentials for that registry',
    page: 'credentials.md#order-of-sources',
  },
  { names: ['DOCKER_AUTH_CONFIG'], effect: 'the content of a docker config.json, as in GitLab' },
  { names: ['REGISTRY_AUTH_FILE'], effect: "path of podman's auth.json" },
  { names: ['DOCKER_CONFIG'], effect: "directory of docker's config.json instead of ~/.docker" },
  {
    names: ['XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'HOME'],
    effect: 'where credentials and certificates are looked for',
  },
  { names: ['PATH', 'PATHEXT'], effect: 'where credential helpers, and programs of a kubeconfig, are looked for' },
  { names: ['KUBECONFIG'], effect: 'kubeconfig files instead of ~/.kube/config' },
  {
    names: ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'],
    effect: 'the API of the cluster of this pod, where there is no kubeconfig',
  },
  {
    names: ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'],
    anyCase: true,
    effect: 'the proxy',
    page: 'network.md#proxies',
  },
  {
    names: ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
    effect: 'additional CAs',
    page: 'network.md#private-cas',
  },
  { names: ['XDG_CACHE_HOME', 'LOCALAPPDATA'], effect: 'where registry challenges are remembered' },
  { names: ['NO_COLOR', 'FORCE_COLOR', 'COLORTERM', 'TERM'], effect: 'colors, when --color is auto' },
  { names: ['COLUMNS'], effect: 'the width of the help in a pipe' },
  {
    names: ['LC_ALL', 'LC_CTYPE', 'LANG', 'WT_SESSION', 'TERM_PROGRAM', 'CI'],
    effect: 'whether symbols other than ASCII are safe',
  },
  { names: ['GITHUB_WORKSPACE', 'CI_PROJECT_DIR'], effect: 'root of the repository, for paths in reports' },
  {
    names: ['GITLAB_CI'],
    effect: 'if true, predefined variables such as CI_REGISTRY_IMAGE get their values in .gitlab-ci.yml',
    page: 'inputs.md',
  },
  { names: ['KAIROS_PULL_DEBUG'], effect: 'set to any value to print the stack trace of a bug' },
  { names: ['RES_OPTIONS', 'UV_THREADPOOL_SIZE'], effect: 'system name resolution, as usual' },
];
