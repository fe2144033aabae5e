// What is peculiar about the registries people use: rows of data, never branches elsewhere.

export interface KnownRegistry {
  /** As a person calls it. */
  readonly name: string;
  /** A manifest GET counts as a pull there, a HEAD does not. */
  readonly countsManifestGets?: true;
  /** Answers the same for a private and for a missing repository. */
  readonly hidesMissing?: true;
  /** Also hides a missing repository behind 403 from a login that is good. */
  readonly hidesMissingFromLogins?: true;
  /** Serves nothing without a login. */
  readonly needsLogin?: true;
  /** Has no logins at all: a 403 comes from its edge, never from a permission. */
  readonly hasNoLogins?: true;
  /** Gives everybody a token: a refusal to the anonymous is an outage. */
  readonly givesTokensToAll?: true;
  /** Every true 404 has an OCI error body: one without comes from an outage. */
  readonly signsNotFound?: true;
  /** Completes "Log in: …"; what to type to get a good login. */
  readonly login?: string;
  /** What else to look at when access is refused. */
  readonly access?: string;
}

interface Row extends KnownRegistry {
  readonly hosts: RegExp;
}

const ROWS: readonly Row[] = [
  {
    name: 'Docker Hub',
    hosts: /^docker\.io$/,
    countsManifestGets: true,
    hidesMissing: true,
    givesTokensToAll: true,
    signsNotFound: true,
    login: 'docker login (user name, not e-mail address, with a personal access token)',
  },
  {
    name: 'Docker Hardened Images',
    hosts: /^dhi\.io$/,
    needsLogin: true,
    login: 'docker login dhi.io (Docker ID with a personal access token)',
  },
  {
    name: 'GHCR',
    hosts: /^ghcr\.io$/,
    hidesMissing: true,
    hidesMissingFromLogins: true,
    login: 'docker login ghcr.io (GitHub user name with a classic token that has read:packages)',
    access: "the package's visibility and access are under its Package settings on GitHub",
  },
  {
    name: 'Quay',
    hosts: /^quay\.io$/,
    hidesMissing: true,
    login: 'docker login quay.io (a robot account is named <namespace>+<robot>)',
  },
  {
    name: 'Google Artifact Registry',
    hosts: /(?:^|\.)gcr\.io$|-docker\.pkg\.dev$/,
    hidesMissing: true,
    hidesMissingFromLogins: true,
    login:
      'gcloud auth print-access-token | docker login -u oauth2accesstoken --password-stdin https://<host> (lasts 1 hour)',
    access: 'the permission is artifactregistry.repositories.downloadArtifacts',
  },
  {
    name: 'Amazon ECR',
    hosts: /\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/,
    needsLogin: true,
    hidesMissingFromLogins: true,
    login: 'aws ecr get-login-password | docker login -u AWS --password-stdin <host> (lasts 12 hours)',
    access: 'the permission is ecr:BatchGetImage',
  },
  {
    name: 'Amazon ECR Public',
    hosts: /^public\.ecr\.aws$/,
    login: 'aws ecr-public get-login-password --region us-east-1 | docker login -u AWS --password-stdin public.ecr.aws',
  },
  {
    name: 'Azure Container Registry',
    hosts: /\.azurecr\.(?:io|cn|us)$/,
    hidesMissing: true,
    login: 'az acr login --name <registry> (lasts about 3 hours)',
    access: 'the role is AcrPull',
  },
  { name: 'Microsoft Container Registry', hosts: /^mcr\.microsoft\.com$/, hasNoLogins: true },
  { name: 'registry.k8s.io', hosts: /^registry\.k8s\.io$/, hasNoLogins: true },
  {
    name: 'GitLab',
    hosts: /^registry\.gitlab\.com$/,
    hidesMissing: true,
    login: 'docker login registry.gitlab.com (a token that has read_registry)',
  },
  {
    name: 'Red Hat registry',
    hosts: /^registry\.redhat\.io$/,
    needsLogin: true,
    login: 'docker login registry.redhat.io (customer portal login, or a registry service account <id>|<name>)',
  },
  { name: 'Red Hat registry', hosts: /^registry\.access\.redhat\.com$/, hasNoLogins: true },
  {
    name: 'NVIDIA NGC',
    hosts: /^nvcr\.io$/,
    hidesMissing: true,
    hidesMissingFromLogins: true,
    login: "docker login nvcr.io (user name '$oauthtoken', password an NGC API key)",
    access: 'some images need their licence accepted first',
  },
  {
    name: 'Chainguard',
    hosts: /^cgr\.dev$/,
    hidesMissing: true,
    hidesMissingFromLogins: true,
    login: 'chainctl auth configure-docker, or a new pull token (they last 30 days)',
  },
  {
    name: 'DigitalOcean',
    hosts: /^registry\.digitalocean\.com$/,
    needsLogin: true,
    login: 'doctl registry login (an API token is both user name and password)',
  },
  {
    name: 'Oracle Cloud',
    hosts: /^(?:[a-z0-9-]+\.ocir\.io|ocir\.[a-z0-9-]+\.oci\.oraclecloud\.com)$/,
    hidesMissing: true,
    hidesMissingFromLogins: true,
    login: 'docker login <host> (user name <tenancy-namespace>/<user>, password an auth token)',
  },
  {
    name: 'IBM Cloud',
    hosts: /(?:^|\.)icr\.io$/,
    needsLogin: true,
    hidesMissingFromLogins: true,
    login: 'docker login icr.io (user name iamapikey, password an API key)',
  },
  {
    name: 'Alibaba Cloud',
    hosts: /\.aliyuncs\.com$/,
    hidesMissing: true,
    login: "docker login <host> (the registry password, not the account's)",
  },
  {
    name: 'JFrog Artifactory',
    hosts: /\.jfrog\.io$/,
    hidesMissingFromLogins: true,
    login: 'docker login <host> (an identity token as password)',
  },
  {
    name: 'Scaleway',
    hosts: /^rg\.[a-z0-9-]+\.scw\.cloud$/,
    hidesMissing: true,
    login: 'docker login <host> (user name nologin, password a secret key)',
  },
];

const UNKNOWN: KnownRegistry = { name: '' };

/** The row of a registry as a reference names it; an empty one when nothing is known. */
export function knownRegistry(registry: string): KnownRegistry {
  const row = ROWS.find(({ hosts }) => hosts.test(registry.toLowerCase()));
  if (row === undefined) return { ...UNKNOWN, name: registry };
  return { ...row, ...(row.login === undefined ? {} : { login: row.login.replace('<host>', registry) }) };
}
