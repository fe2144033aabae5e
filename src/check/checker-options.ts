// What a checker can be told: the few settings the check itself needs, already validated.

import type { Env } from '../core/env.ts';
import type { Proof } from '../core/result.ts';
import type { FoundSecret } from '../credentials/pull-secret.ts';
import type { Secret } from '../credentials/secret.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import type { MirrorRule } from './mirror.ts';

/** What holds for one registry. */
export interface RegistryOptions extends TlsChoice {
  readonly plainHttp?: boolean | undefined;
  /** The hosts (`host`, `host:port`) that its token service may have: any other is refused. Unset: any. */
  readonly realms?: readonly string[] | undefined;
}

export interface CheckerOptions extends TlsChoice {
  /** Unset: `manifest`, and `head` where the registry counts a manifest GET as a pull. */
  readonly proof?: Proof | undefined;
  /** Required platforms as `os/arch[/variant]`, or `all`: every platform in the index. */
  readonly platforms?: readonly string[] | undefined;
  /** A login given by hand: used only for the registries named. */
  readonly login?:
    | { readonly username: string; readonly password: Secret; readonly registries: readonly string[] }
    | undefined;
  /** A docker config.json, a podman auth.json or a Kubernetes pull secret, read before the default places. */
  readonly authFile?: string | undefined;
  /** What is in it, where it was read already: a pipe gives its bytes once. */
  readonly authFileBytes?: Uint8Array | undefined;
  /** Pull secrets that the inputs brought along; the list may grow while checks are under way. */
  readonly pullSecrets?: readonly FoundSecret[] | undefined;
  /** Use no credentials at all. */
  readonly anonymous?: boolean | undefined;
  /** Speak http to every registry named. Loopback registries fall back to http by themselves. */
  readonly plainHttp?: boolean | undefined;
  /** For single registries as references name them (`docker.io`, `localhost:5000`): stands before what holds for all. */
  readonly registries?: Readonly<Record<string, RegistryOptions>> | undefined;
  /** Where runtimes look besides the registries. */
  readonly mirrors?: readonly MirrorRule[] | undefined;
  /** Folders of a folder `host[:port]` of certificates each; unset: where podman and docker look. */
  readonly tlsFolders?: readonly string[] | undefined;
  /** Where registries' challenges are remembered from one run to the next; unset: nowhere. */
  readonly challengeFile?: string | undefined;
  /** Ask every registry afresh what login it wants, those everybody knows too. */
  readonly noCache?: boolean | undefined;
  /** Deadline of one image in milliseconds, everything included. */
  readonly timeoutMs?: number | undefined;
  /** Repeats of a failed attempt that is worth repeating. */
  readonly retries?: number | undefined;
  /** Checks under way at once. */
  readonly concurrency?: number | undefined;
  /** Environment to read proxies and credential places from; unset: `process.env`. */
  readonly env?: Env | undefined;
}
