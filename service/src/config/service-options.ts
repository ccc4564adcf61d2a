import type { ServiceEventListener } from '../log/events.ts';
import type { AuthMode } from './auth-mode.ts';
import type { EntraOptions } from './entra-options.ts';
import type { ServiceLimits, ServiceTimers } from './limits.ts';
import type { ServiceModeName } from './service-mode-name.ts';
import type { UpstreamTemplate } from './upstream-settings.ts';
import type { SecretLookup } from './url-template.ts';

/** A certificate with its key, as PEM text. */
export interface PemCertificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** A certificate with its key in a PFX (PKCS #12) file. */
export interface PfxCertificate {
  readonly pfx: Buffer;
  readonly passphrase?: string;
}

/** Options of `startService`. All are optional. */
export interface ServiceOptions {
  /** Address to listen on. Default `localhost`: loopback, IPv4 and IPv6. */
  readonly host?: string;
  /** Default 8888; 0 takes any free port. */
  readonly port?: number;
  /** Serve HTTPS with this certificate. Default: plain HTTP. */
  readonly https?: PemCertificate | PfxCertificate;
  /** Where clients reach the service, when that is not where it listens: `http://my-container:8888`. */
  readonly clientEndpoint?: string;
  /** Where app servers and REST calls reach it, when that is not where it listens. */
  readonly serverEndpoint?: string;
  /** Default `Serverless` when there are upstream templates, else `Default`. */
  readonly serviceMode?: ServiceModeName;
  /** Primary key. Default: the well-known key of the official emulator, which is for local use only. */
  readonly accessKey?: string;
  /** Second key that is honoured as well. Default: none. */
  readonly secondaryAccessKey?: string;
  /**
   * How tokens are checked. `lenient` looks at signatures only, as the official emulator does;
   * `off` needs no token and is for loopback only. Default `strict`.
   */
  readonly auth?: AuthMode;
  /** Which tokens of Microsoft Entra ID are accepted, of app servers and on REST calls. Default: none. */
  readonly entra?: EntraOptions;
  /** Origins of pages that may call the service; `*` means any. Default `['*']`. */
  readonly allowedOrigins?: readonly string[];
  /** Where events of clients go in Serverless mode; the first template that matches. Default: nowhere. */
  readonly upstream?: readonly UpstreamTemplate[];
  /** Gives the secrets that URL templates refer to. Default: there are none. */
  readonly upstreamSecret?: SecretLookup;
  /** Serverless: hand streams that clients ask for to the upstream like invocations, instead of refusing them. Default false. */
  readonly upstreamStreams?: boolean;
  /** Apply `allowedOrigins` to WebSockets too (403). Default false. */
  readonly checkWebSocketOrigin?: boolean;
  /**
   * Serverless: answer 403 to the upgrade of an app server, instead of an error in its handshake. Weak connections of the
   * Management SDK are let in. Default false.
   */
  readonly refuseServerUpgrade?: boolean;
  /** Hosts that the audience of a token may name. Default: any. */
  readonly audienceHosts?: readonly string[];
  /** Refuse REST calls (400) whose `api-version` names no version of the dated API. Default false: any will do. */
  readonly strictApiVersion?: boolean;
  /** Believe `X-Forwarded-For` of requests. Only behind a proxy that sets it. Default false. */
  readonly trustProxy?: boolean;
  /** Bounds; those not given have their defaults. */
  readonly limits?: Partial<ServiceLimits>;
  /** Deadlines and intervals; those not given have their defaults. */
  readonly timers?: Partial<ServiceTimers>;
  /** Receives every open, close, refusal and fault. Default: nobody. */
  readonly onEvent?: ServiceEventListener;
}

/** The official emulator's address and key, so that connection strings in use go on working (upstream-and-emulator 4.2). */
export const DEFAULT_HOST = 'localhost';
export const DEFAULT_PORT = 8888;
/** Where a process listens for what is done with its resources. */
export const DEFAULT_CONTROL_PORT = 8889;
export const WELL_KNOWN_ACCESS_KEY = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH';
