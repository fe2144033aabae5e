// What the monitor checks: one resource of the configuration, with everything its check needs.

import type { Proof } from '../../core/result.ts';
import type { FoundAt } from '../../core/target.ts';
import type { Secret } from '../../credentials/secret.ts';

export const RESOURCE_KINDS = ['image', 'http', 'tcp'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

interface Monitored {
  /** As in URLs and in the label `resource`: lower case letters, digits, dots and hyphens; unique. */
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  /** An image reference, a URL, or `host:port`, as configured. */
  readonly target: string;
  /** Where the configuration or the files name it. */
  readonly foundAt: readonly FoundAt[];
  /** `host[:port]` that a check contacts: its checks share limits. */
  readonly host: string;
  readonly intervalMs: number;
  /** By configuration; a maintenance pauses it as well. */
  readonly isPaused: boolean;
  /** Its events are recorded, and sent to no notifier. */
  readonly isMuted: boolean;
}

export interface ImageResource extends Monitored {
  readonly kind: 'image';
  readonly expect: 'present' | 'absent' | 'same-digest';
  /** `os/arch[/variant]`, or `all`; empty: no platform is required. */
  readonly platforms: readonly string[];
  /** undefined: that of `check`. */
  readonly proof: Proof | undefined;
  /** null: those that `check` finds. */
  readonly credentials: ResourceCredentials | null;
  /** Do not verify the certificates of its registry. */
  readonly insecure: boolean;
  /** Of an image of a cluster: the digests that its containers run, as far as they can be compared; sorted. */
  readonly running?: readonly string[];
}

/** Files are read again for each check, so that a rotated secret is used. */
export type ResourceCredentials =
  | { readonly kind: 'password-file'; readonly username: string; readonly path: string }
  | { readonly kind: 'auth-file'; readonly path: string }
  /** Of the namespace of the image: the secrets as JSON, and what distinguishes them from others. */
  | { readonly kind: 'pull-secrets'; readonly documents: Secret; readonly version: string };

export interface HttpResource extends Monitored {
  readonly kind: 'http';
  readonly method: 'GET' | 'HEAD' | 'POST' | 'OPTIONS';
  /** Inclusive ranges. */
  readonly status: readonly { readonly from: number; readonly to: number }[];
  /** A substring of the body. */
  readonly contains: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** A docker config.json with a login for the host. */
  readonly authFile: string | null;
  readonly timeoutMs: number;
  readonly caFile: string | null;
  /** Do not verify the certificate. */
  readonly insecure: boolean;
}

export interface TcpResource extends Monitored {
  readonly kind: 'tcp';
  readonly timeoutMs: number;
}

export type MonitorResource = ImageResource | HttpResource | TcpResource;

/** An image in a file that is deliberately not checked: no resource, but shown. */
export interface SkippedImage {
  readonly text: string;
  readonly foundAt: readonly FoundAt[];
  readonly reason: string;
  readonly message: string;
}
