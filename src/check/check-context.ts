// What the checks of one run share: connections, credentials, settings, and what was learned about the registries.

import type { AuthMemory } from '../auth/auth-memory.ts';
import type { KnownChallenge } from '../auth/challenge.ts';
import type { OnEvent } from '../core/check-event.ts';
import type { Clock } from '../core/clock.ts';
import type { CredentialChain } from '../credentials/credential-chain.ts';
import type { LoginTool } from '../credentials/login-tool.ts';
import type { KnownSecrets } from '../http/known-secrets.ts';
import type { Pacer } from '../http/pacer.ts';
import type { Send } from '../http/send.ts';
import type { Transport } from '../http/transport.ts';
import type { HintReader } from './hint.ts';
import type { SettingsOfHosts } from './host-settings.ts';
import type { MirrorRule } from './mirror.ts';
import type { ResponseObservers } from './observe-responses.ts';
import type { ProofSettings } from './prove.ts';

export interface CheckContext extends ResponseObservers {
  readonly send: Send;
  /** Starts to open the connection for a coming request. */
  readonly open: Transport['preconnect'];
  /** What is known about the connections to a `host[:port]`. */
  readonly connections: Pick<Transport, 'tlsProblems' | 'isHttp2Only'>;
  readonly credentials: CredentialChain;
  readonly memory: AuthMemory;
  readonly secrets: KnownSecrets;
  readonly pacer: Pacer;
  /** With what the user can log in here. */
  readonly loginTool?: () => LoginTool;
  /** Called for every step, as it happens. */
  readonly onEvent?: OnEvent | undefined;
  /** `host[:port]` of the loopback registries that use plain HTTP. */
  readonly plainHosts: Set<string>;
  /** `host[:port]` of the registries that serve blobs only by GET. */
  readonly hostsWithoutHead: Set<string>;
  /** By `host[:port]`. */
  readonly hosts: SettingsOfHosts;
  readonly mirrors: readonly MirrorRule[];
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly settings: CheckSettings;
}

export interface CheckSettings extends ProofSettings {
  /** The challenge that a registry is known to send. */
  readonly knownChallenge: (registry: string) => KnownChallenge | undefined;
  readonly plainHttp: boolean;
  /** For one image, mirrors and retries included. */
  readonly timeoutMs: number;
  readonly retries: number;
  /** See CheckOptions. */
  readonly pausesUntilMs?: number;
  /** See CheckerSettings. */
  readonly hintReader?: HintReader | undefined;
}
