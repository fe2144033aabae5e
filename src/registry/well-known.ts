// What is special about well-known registries: rows of data, never branches elsewhere.

import type { KnownChallenge } from '../auth/challenge.ts';
import { remembered } from '../core/bounded-map.ts';
import { DOCKER_HUB_API } from '../core/docker-hub.ts';

/** What a login to a registry requires beyond its name. */
export interface LoginWay {
  /** What its user name and password are. */
  readonly account?: string;
  /** The user name of everyone; with `passwordFrom`. */
  readonly username?: string;
  /** Whose account it is, where everyone has the same user name: the credentials do not show it. */
  readonly holder?: string;
  /** How to log in with another account then; the command of the login follows. */
  readonly change?: string;
  /** A command that prints the password. */
  readonly passwordFrom?: string;
  /** A command that logs in. */
  readonly command?: string;
  /** `12 hours` */
  readonly lasts?: string;
}

export interface KnownRegistry {
  /** Its usual name; the host of an unknown registry. */
  readonly name: string;
  /** Where its API is, if not at the host in references. */
  readonly apiHost?: string;
  /** The challenge it sends to everyone: a token can be requested before the registry responds, which saves a round trip. */
  readonly challenge?: KnownChallenge;
  /** Hosts of its token service that are on other sites. */
  readonly realms?: readonly string[];
  /** A name that exists: where it cannot be resolved, there is no DNS. */
  readonly isOneHost?: true;
  /** A manifest GET counts as a pull, a HEAD does not. */
  readonly countsManifestGets?: true;
  /** Responds the same for a private and for a missing repository. */
  readonly hidesMissing?: true;
  /** Responds 403 for a missing repository to valid credentials too. */
  readonly hidesMissingFromUsers?: true;
  /** Its token service responds 405 for a repository without container images, and for a blocked one. */
  readonly refusesTokensBy405?: true;
  /** Its token service responds 404 for a private or missing namespace. */
  readonly hidesMissingBehindTokens?: true;
  /** A "not found" after authentication is about the tag: the repository exists. */
  readonly notFoundMeansTag?: true;
  /** Serves nothing anonymously. */
  readonly requiresCredentials?: true;
  /** Has no accounts: a 403 comes from its CDN, never from a permission. */
  readonly hasNoAccounts?: true;
  /** Issues anonymous tokens: refusing one is an outage. */
  readonly issuesAnonymousTokens?: true;
  /** A real 404 has an OCI error body: one without it comes from an outage. */
  readonly explainsNotFound?: true;
  /** The registry it caches: a missing image may exist there. */
  readonly cacheOf?: string;
  /** How many pulls a login allows: `200 pulls with a free account`. */
  readonly quotaOfUsers?: string;
  readonly login?: LoginWay;
  /** What an account needs to pull: `the role AcrPull`. */
  readonly right?: string;
  /** A sentence: what else to check after a denied request. */
  readonly access?: string;
}

const challengeAt = ({ realm, service, scope }: KnownChallenge, here: (text: string) => string): KnownChallenge => ({
  realm: here(realm),
  ...(service && { service: here(service) }),
  ...(scope && { scope }),
});

const mapTexts = (login: LoginWay, change: (text: string) => string): LoginWay =>
  Object.fromEntries(Object.entries(login).map(([name, text]) => [name, change(text)]));

interface Row extends KnownRegistry {
  readonly hosts: RegExp;
}

const ROWS: readonly Row[] = [
  {
    name: 'Docker Hub',
    hosts: /^(?:registry-1\.)?docker\.io$/,
    apiHost: DOCKER_HUB_API,
    challenge: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io' },
    countsManifestGets: true,
    quotaOfUsers: '200 pulls with a free account',
    hidesMissing: true,
    notFoundMeansTag: true,
    issuesAnonymousTokens: true,
    explainsNotFound: true,
    login: { account: 'your user name (not the email address) and an access token' },
  },
  {
    name: 'Docker Hardened Images',
    hosts: /^dhi\.io$/,
    realms: ['auth.docker.io'],
    requiresCredentials: true,
    login: { account: 'your Docker ID and an access token' },
  },
  {
    name: 'GHCR',
    hosts: /^ghcr\.io$/,
    challenge: { realm: 'https://ghcr.io/token', service: 'ghcr.io' },
    hidesMissing: true,
    hidesMissingFromUsers: true,
    notFoundMeansTag: true,
    login: { account: 'your GitHub user name and a classic token that has read:packages' },
    access: 'Or make the package public on GitHub.',
  },
  {
    name: 'LinuxServer (GHCR)',
    hosts: /^lscr\.io$/,
    realms: ['ghcr.io'],
    hidesMissing: true,
  },
  {
    name: 'Quay',
    hosts: /^quay\.io$/,
    challenge: { realm: 'https://quay.io/v2/auth', service: 'quay.io' },
    refusesTokensBy405: true,
    hidesMissing: true,
    notFoundMeansTag: true,
    login: { account: 'your user name or a robot account (<namespace>+<robot>)' },
  },
  {
    name: 'mirror.gcr.io',
    hosts: /^mirror\.gcr\.io$/,
    hidesMissing: true,
    cacheOf: 'Docker Hub',
  },
  {
    name: 'Google Artifact Registry',
    hosts: /(?:^|\.)gcr\.io$|-docker\.pkg\.dev$/,
    challenge: { realm: 'https://<host>/v2/token', service: '<host>' },
    hidesMissing: true,
    hidesMissingFromUsers: true,
    login: {
      username: 'oauth2accesstoken',
      holder: 'the Google account of that token (`gcloud auth list` shows the active one)',
      change: 'switch accounts (`gcloud config set account ACCOUNT`) and log in again',
      passwordFrom: 'gcloud auth print-access-token',
      lasts: '1 hour',
    },
    right: 'roles/artifactregistry.reader',
  },
  {
    name: 'Amazon ECR',
    hosts: /\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/,
    requiresCredentials: true,
    hidesMissingFromUsers: true,
    notFoundMeansTag: true,
    login: {
      username: 'AWS',
      holder: 'the AWS identity of that token (`aws sts get-caller-identity` shows the active one)',
      change: 'switch to another (AWS_PROFILE) and log in again',
      passwordFrom: 'aws ecr get-login-password --region <region>',
      lasts: '12 hours',
    },
    right: 'the permission ecr:BatchGetImage',
  },
  {
    name: 'Amazon ECR Public',
    hosts: /^public\.ecr\.aws$/,
    challenge: { realm: 'https://public.ecr.aws/token/', service: 'public.ecr.aws', scope: 'aws' },
    login: { username: 'AWS', passwordFrom: 'aws ecr-public get-login-password --region us-east-1', lasts: '12 hours' },
  },
  {
    name: 'Azure Container Registry',
    hosts: /\.azurecr\.(?:io|cn|us)$/,
    challenge: { realm: 'https://<host>/oauth2/token', service: '<host>' },
    hidesMissing: true,
    login: {
      command: 'az acr login --name <label>',
      username: '00000000-0000-0000-0000-000000000000',
      passwordFrom: 'az acr login --name <label> --expose-token --output tsv --query accessToken',
      lasts: 'about 3 hours',
    },
    right: 'the role AcrPull',
  },
  { name: 'Microsoft Container Registry', hosts: /^mcr\.microsoft\.com$/, hasNoAccounts: true },
  { name: 'registry.k8s.io', hosts: /^registry\.k8s\.io$/, hasNoAccounts: true },
  {
    name: 'GitLab',
    hosts: /^registry\.gitlab\.com$/,
    challenge: { realm: 'https://gitlab.com/jwt/auth', service: 'container_registry' },
    hidesMissing: true,
    login: { account: 'your user name and a token that has read_registry' },
  },
  {
    name: 'Red Hat registry',
    hosts: /^registry\.redhat\.io$/,
    challenge: {
      realm: 'https://registry.redhat.io/auth/realms/rhcc/protocol/redhat-docker-v2/auth',
      service: 'docker-registry',
    },
    realms: ['sso.redhat.com'],
    requiresCredentials: true,
    login: { account: 'your customer portal login or a registry service account' },
  },
  { name: 'Red Hat registry', hosts: /^registry\.access\.redhat\.com$/, hasNoAccounts: true },
  {
    name: 'NVIDIA NGC',
    hosts: /^nvcr\.io$/,
    challenge: { realm: 'https://nvcr.io/proxy_auth' },
    realms: ['authn.nvidia.com'],
    hidesMissing: true,
    hidesMissingFromUsers: true,
    login: { account: "the user name '$oauthtoken' and an NGC API key" },
    access: 'For some images, a license must be accepted first.',
  },
  {
    name: 'Chainguard',
    hosts: /^cgr\.dev$/,
    challenge: { realm: 'https://cgr.dev/token', service: 'cgr.dev' },
    hidesMissing: true,
    hidesMissingFromUsers: true,
    login: { command: 'chainctl auth configure-docker', account: 'a new pull token (they last 30 days)' },
  },
  {
    name: 'DigitalOcean',
    hosts: /^registry\.digitalocean\.com$/,
    challenge: { realm: 'https://api.digitalocean.com/v2/registry/auth', service: 'registry.digitalocean.com' },
    requiresCredentials: true,
    login: { command: 'doctl registry login', account: 'an API token as both user name and password' },
  },
  {
    name: 'Oracle Cloud',
    hosts: /^(?:[a-z0-9-]+\.ocir\.io|ocir\.[a-z0-9-]+\.oci\.oraclecloud\.com)$/,
    hidesMissing: true,
    hidesMissingFromUsers: true,
    login: { account: '<tenancy-namespace>/<user> and an auth token' },
  },
  {
    name: 'IBM Cloud',
    hosts: /(?:^|\.)icr\.io$/,
    challenge: { realm: 'https://<host>/oauth/token', service: 'registry' },
    requiresCredentials: true,
    hidesMissingFromUsers: true,
    login: { account: 'the user name iamapikey and an API key' },
  },
  {
    name: 'Alibaba Cloud',
    hosts: /\.aliyuncs\.com$/,
    hidesMissing: true,
    login: { account: 'the password of the registry, not of the account' },
  },
  {
    name: 'JFrog Artifactory',
    hosts: /\.jfrog\.io$/,
    hidesMissingFromUsers: true,
    login: { account: 'your user name and an identity token' },
  },
  {
    name: 'Scaleway',
    hosts: /^rg\.[a-z0-9-]+\.scw\.cloud$/,
    realms: ['api.scaleway.com'],
    hidesMissing: true,
    hidesMissingBehindTokens: true,
    login: { account: 'the user name nologin and a secret key' },
  },
];

/** Not a pattern for the hosts of many customers. */
const isOneHost = ({ source }: RegExp): boolean => source.startsWith('^') && !/[[+*]|\(\?:\^/.test(source);

/** `registry` as in a reference; only a name for an unknown one. */
export const knownRegistry = remembered((registry: string): KnownRegistry => {
  const host = registry.toLowerCase().replace(/:443$/, '');
  const row = ROWS.find(({ hosts }) => hosts.test(host));
  if (row === undefined) return { name: registry };
  const { hosts, login, challenge, ...known } = row;
  const [label = host] = host.split('.');
  const region = /[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./.exec(host)?.[1] ?? '';
  const here = (text: string): string =>
    text
      .replace('<host>', () => host)
      .replace('<label>', () => label)
      .replace('<region>', () => region);
  return {
    ...known,
    ...(isOneHost(hosts) && { isOneHost: true }),
    ...(login && { login: mapTexts(login, here) }),
    ...(challenge && { challenge: challengeAt(challenge, here) }),
  };
});
