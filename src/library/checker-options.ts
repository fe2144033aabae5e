// The options of the library's createChecker, with units and defaults.

import type { Env } from '../core/env.ts';
import type { Proof } from '../core/result.ts';
import type { Secret } from '../credentials/secret.ts';
import type { RequestData } from './result.ts';

/**
 * The options of {@link createChecker}. Each has the name and the meaning of the flag of `kairos-pull check`, in camel
 * case. All are optional; `undefined` is the default.
 */
export interface CheckerOptions {
  /**
   * How far to look: `head` (the registry says that it would serve the manifest), `manifest` (the manifest is read and
   * matches its digest) or `layers` (every blob exists; none is downloaded).
   *
   * @defaultValue `manifest`; `head` for registries that count a manifest request as a pull (Docker Hub)
   */
  readonly proof?: Proof | undefined;
  /**
   * The platforms that the image must have: `os/arch[/variant]`, such as `linux/arm64`, or `all` for every platform of its
   * index. One, or a list.
   *
   * @defaultValue none
   */
  readonly platform?: string | readonly string[] | undefined;
  /**
   * The deadline of one image, with mirrors, redirects, tokens and retries: milliseconds, or a duration with a unit
   * (`500ms`, `10s`, `2m`). At most 596 hours.
   *
   * @defaultValue 30000 ms
   */
  readonly timeout?: number | string | undefined;
  /**
   * How often a request is repeated after a transient failure: 5xx, a lost connection.
   *
   * @defaultValue 2
   */
  readonly retries?: number | undefined;
  /**
   * The maximum number of concurrent checks. A registry gets 16 at first, and up to 64 while it responds quickly.
   *
   * @defaultValue 128
   */
  readonly concurrency?: number | undefined;
  /**
   * The user name of a credential, together with `password`. It takes precedence over the credentials of docker and podman.
   *
   * @defaultValue none
   */
  readonly username?: string | undefined;
  /**
   * The password or access token of `username`: text, or the `password` of {@link findCredential}.
   *
   * @defaultValue none
   */
  readonly password?: string | Secret | undefined;
  /**
   * The registries that receive `username` and `password`, as in references: `ghcr.io`, `localhost:5000`.
   *
   * @defaultValue the registries of the images that are checked
   */
  readonly registries?: readonly string[] | undefined;
  /**
   * Credentials that are tried before the default files: the path of a docker `config.json`, a podman `auth.json` or a
   * Kubernetes pull secret, or the content of one as bytes.
   *
   * @defaultValue only the default files of docker and podman, see docs/credentials.md
   */
  readonly authFile?: string | Uint8Array | undefined;
  /**
   * Use no credentials at all.
   *
   * @defaultValue `false`
   */
  readonly anonymous?: boolean | undefined;
  /**
   * By registry: the hosts (`auth.example.com`, `auth.example.com:8443`) that its token service may use. A registry that
   * names another one gets no token request: the result is `not-a-registry`, cause `bad-challenge`.
   *
   * @defaultValue any host
   */
  readonly realms?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * Use http for every registry. Registries on loopback addresses fall back to http without it.
   *
   * @defaultValue `false`
   */
  readonly plainHttp?: boolean | undefined;
  /**
   * Accept any TLS certificate: anyone between this machine and the registry can then read credentials.
   *
   * @defaultValue `false`
   */
  readonly insecure?: boolean | undefined;
  /**
   * Follow public registries to token services and storage at private addresses, for VPC endpoints and split DNS.
   *
   * @defaultValue `false`
   */
  readonly allowPrivate?: boolean | undefined;
  /**
   * Additional CA certificates to trust: the path of a PEM file, or its content as bytes.
   *
   * @defaultValue none; those of Node.js, the system and `certs.d` are trusted anyway
   */
  readonly caFile?: string | Uint8Array | undefined;
  /**
   * The client certificate: the path of a PEM file, or its content as bytes. The file may contain the key as well.
   *
   * @defaultValue that of `certs.d`, if there is one
   */
  readonly cert?: string | Uint8Array | undefined;
  /**
   * The private key of `cert`: the path of a PEM file, or its content as bytes.
   *
   * @defaultValue the key in `cert`
   */
  readonly key?: string | Uint8Array | undefined;
  /**
   * The path of a file that keeps the challenges of registries between runs, which saves the first request of each.
   *
   * @defaultValue they are not kept
   */
  readonly challengeFile?: string | undefined;
  /**
   * Use no remembered challenge, and none of well-known registries: each registry is asked first.
   *
   * @defaultValue `false`
   */
  readonly noCache?: boolean | undefined;
  /**
   * The environment: proxies (`HTTPS_PROXY`, `NO_PROXY`), the locations of credentials (`HOME`, `DOCKER_CONFIG`), and the
   * `PATH` of credential helpers.
   *
   * @defaultValue `process.env`
   */
  readonly env?: Env | undefined;
  /**
   * Called when a request has ended, with or without a response: the records of `requests` in the results, as they
   * happen, and attempts that were replaced, such as https before a fallback to http. Secrets are masked. What
   * it throws becomes an uncaught exception, and does not change the result.
   *
   * @defaultValue none
   */
  readonly onRequest?: ((request: RequestData) => void) | undefined;
  /**
   * Called when a registry asks for fewer requests (429), and checks of it wait until then. What it throws becomes an
   * uncaught exception.
   *
   * @defaultValue none
   */
  readonly onPause?: ((pause: RateLimitPause) => void) | undefined;
}

/** A registry is rate limiting; its checks wait. */
export interface RateLimitPause {
  /** `host[:port]` */
  readonly host: string;
  /** Milliseconds since 1970, as of `Date.now()`. */
  readonly untilMs: number;
}
