// The options of a checker, already validated.

import type { Env } from '../core/env.ts';
import type { Proof } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import type { GivenLogin } from '../credentials/credential-source.ts';
import type { LoginTool } from '../credentials/login-tool.ts';
import type { FoundSecret } from '../credentials/pull-secret.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import type { OwnCredentials } from './check-credentials.ts';
import type { HintReader } from './hint.ts';
import type { MirrorRule } from './mirror.ts';

/** For one registry. */
export interface RegistryOptions extends TlsChoice {
  readonly plainHttp?: boolean | undefined;
  /** The allowed hosts (`host`, `host:port`) of its token service; unset: any. */
  readonly realms?: readonly string[] | undefined;
  /** It may name private addresses, as its token service or as the location of its content. */
  readonly allowPrivate?: boolean | undefined;
}

export interface CheckerSettings extends TlsChoice {
  /** Unset: `manifest`, or `head` if the registry counts a manifest GET as a pull. */
  readonly proof?: Proof | undefined;
  /** Required platforms as `os/arch[/variant]`, or `all`: every platform in the index. */
  readonly platforms?: readonly string[] | undefined;
  /** Given by the user, and sent only to these registries. */
  readonly login?: GivenLogin | undefined;
  /** A docker config.json, a podman auth.json or a Kubernetes pull secret, read before the default files. */
  readonly authFile?: string | undefined;
  /** Its content, if it was read already: a pipe can be read only once. */
  readonly authFileBytes?: Uint8Array | undefined;
  /** Pull secrets from the inputs; the list may grow while checks are running. */
  readonly pullSecrets?: readonly FoundSecret[] | undefined;
  /** Those of one image alone; undefined: none. */
  readonly credentialsOf?: ((target: Target) => OwnCredentials | undefined) | undefined;
  /** Use no credentials at all. */
  readonly anonymous?: boolean | undefined;
  /** Use http for every registry. Loopback registries fall back to http automatically. */
  readonly plainHttp?: boolean | undefined;
  /** Every registry may name private addresses, as its token service or as the location of its content. */
  readonly allowPrivate?: boolean | undefined;
  /** By registry, as in a reference (`docker.io`, `localhost:5000`): overrides the options for all. */
  readonly registries?: Readonly<Record<string, RegistryOptions>> | undefined;
  /** The hosts (`host[:port]`) that may be contacted, also by redirects and for tokens; unset: any. */
  readonly allowsHost?: ((host: string) => boolean) | undefined;
  /** Where runtimes look before the registries. */
  readonly mirrors?: readonly MirrorRule[] | undefined;
  /** Directories with a directory of certificates per `host[:port]`; unset: those of podman and docker. */
  readonly tlsFolders?: readonly string[] | undefined;
  /** Keeps the challenges of registries between runs; unset: they are not kept. */
  readonly challengeFile?: string | undefined;
  /** Use no remembered challenge, and none of well-known registries. */
  readonly noCache?: boolean | undefined;
  /** Deadline of one image in milliseconds, mirrors and retries included. */
  readonly timeoutMs?: number | undefined;
  /** After a transient failure. */
  readonly retries?: number | undefined;
  /** Default: the command, the only one whose hints name its options. */
  readonly hintReader?: HintReader | undefined;
  /** With what its user logs in; unset: with a program that is found, or the variables of this one. */
  readonly loginTool?: LoginTool | undefined;
  /**
   * For how long it is remembered which credentials were accepted and refused; files of credentials are then read again
   * for each check. Unset: for the whole run, in which no credential changes.
   */
  readonly forgetAfterMs?: number | undefined;
  /** Maximum number of concurrent checks. */
  readonly concurrency?: number | undefined;
  /** For proxies and the locations of credentials; unset: `process.env`. */
  readonly env?: Env | undefined;
}
