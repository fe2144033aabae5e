// What happens during a check, as it happens: plain data for --verbose and for the observers of a checker.
// Every text from outside the program is already masked and cleaned for display.

import type { CredentialUse, RequestRecord, Result } from './result.ts';

/** Called synchronously; an event is built only if there is a listener. */
export type OnEvent = (event: CheckEvent) => void;

export type CheckEvent =
  | { readonly type: 'check'; readonly input: string }
  | FileEvent
  | CredentialEvent
  | HelperEvent
  | MemoryEvent
  | DnsEvent
  | ConnectionEvent
  | RequestEvent
  | ResponseEvent
  | RedirectEvent
  | WaitEvent
  | { readonly type: 'result'; readonly result: Result };

/** A file or directory was read. */
export interface FileEvent {
  readonly type: 'file';
  readonly path: string;
  /** What was in it, or what it was read for: `2 CA certificates`. */
  readonly content: string;
}

/** A search for credentials went on to the next one, or ended. */
export interface CredentialEvent {
  readonly type: 'credential';
  readonly registry: string;
  /** null: no source has another one. */
  readonly credential: CredentialUse | null;
  /** How many this search found so far. */
  readonly found: number;
  /** The sources that this search read, in order. */
  readonly sources: readonly CredentialSourceRead[];
}

export interface CredentialSourceRead {
  /** `~/.docker/config.json` */
  readonly label: string;
  readonly state: 'missing' | 'read' | 'unusable';
  /** Of `unusable`: a clause about it. */
  readonly problem?: string;
}

/** A credential helper was run. */
export interface HelperEvent {
  readonly type: 'helper';
  /** `docker-credential-pass` */
  readonly program: string;
  /** What it was asked for. */
  readonly server: string;
  readonly outcome: 'credential' | 'nothing' | 'failed';
  /** Of `failed`; completes "docker-credential-pass …". */
  readonly problem?: string;
  readonly durationMs: number;
}

/** Something learned earlier made a request unnecessary. */
export interface MemoryEvent {
  readonly type: 'memory';
  /** `registry.example` */
  readonly host: string;
  /** `challenge`: its token service is known. `token`: one was issued in this run. `ping`: `/v2/` was requested in it. */
  readonly what: 'challenge' | 'token' | 'ping';
  /** The token service and the scope, or the response, and where that was remembered. */
  readonly detail: string;
}

/** A host name was resolved. */
export interface DnsEvent {
  readonly type: 'dns';
  readonly host: string;
  readonly addresses: readonly string[];
  readonly durationMs: number;
}

/** A connection was opened, or could not be. */
export interface ConnectionEvent {
  readonly type: 'connection';
  /** `https://registry.example` */
  readonly origin: string;
  /** `192.0.2.1:443`, of the registry or of its proxy; null if none was connected to. */
  readonly address: string | null;
  readonly proxy?: ProxyUse;
  /** Milliseconds of each phase that began. */
  readonly phases: Readonly<Partial<Record<ConnectPhase, number>>>;
  readonly tls?: TlsSession;
  /** Of the server, also if it was not accepted. */
  readonly certificate?: CertificateSeen;
  /** The connection failed. */
  readonly error?: string;
}

export type ConnectPhase = 'dns' | 'tcp' | 'proxy' | 'tls';

export interface ProxyUse {
  /** `proxy.example:3128` */
  readonly host: string;
  /** The environment variable that names it. */
  readonly variable: string;
}

export interface TlsSession {
  /** `TLSv1.3` */
  readonly version: string;
  /** ALPN: `h2`, `http/1.1`, or empty. */
  readonly protocol: string;
  /** Its certificate was accepted; false with `--insecure`, or if it was refused: then the event has an error. */
  readonly isVerified: boolean;
}

export interface CertificateSeen {
  /** Common name; empty if there is none. */
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
  /** Milliseconds since 1970; NaN if unknown. */
  readonly validFromMs: number;
  readonly validToMs: number;
}

/** What a request carries, without its secret. */
export interface RequestAuthorization {
  /** `form`: the credential is in the body of a token request. */
  readonly scheme: 'basic' | 'bearer' | 'form';
  /** Unset: a token that was issued anonymously. */
  readonly credential?: CredentialUse;
}

export interface RequestEvent extends Pick<RequestRecord, 'purpose' | 'method' | 'url' | 'attempt'> {
  readonly type: 'request';
  /** Of this request, and of its response; unique in the process. */
  readonly id: number;
  readonly authorization?: RequestAuthorization;
  /** Secrets are masked. */
  readonly headers: readonly HeaderLine[];
}

/** Name in lower case, and value. */
export type HeaderLine = readonly [name: string, value: string];

export interface ResponseEvent extends RequestRecord {
  readonly type: 'response';
  readonly id: number;
  readonly authorization?: RequestAuthorization;
  /** From the request to the response headers; unset without a response. */
  readonly firstByteMs?: number;
  /** Of the body, decoded, as far as it was read. */
  readonly bytes?: number;
  /** Of a manifest that was read whole. */
  readonly contentDigest?: string;
  /** The title of a web page, or the beginning of an error body. */
  readonly excerpt?: string;
  readonly requestHeaders: readonly HeaderLine[];
  /** Of the response, empty without one; secrets are masked. */
  readonly headers: readonly HeaderLine[];
  /** No request was sent: the connection failed. */
  readonly isUnsent?: true;
}

/** A response redirects the check. */
export interface RedirectEvent {
  readonly type: 'redirect';
  readonly status: number;
  readonly from: string;
  readonly to: string;
}

/** The check waits before it goes on. */
export interface WaitEvent {
  readonly type: 'wait';
  /** `host[:port]` */
  readonly host: string;
  readonly waitMs: number;
  /** `503 Service Unavailable`, `retry-after: 3`, `the connection was closed` */
  readonly because: string;
}
