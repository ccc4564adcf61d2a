import type { TranscriptPayload } from './transcript-payload.ts';

/** A service message as JSON: its type by name, payloads as they read, claims and headers in order. */
export type TranscriptMessage = Readonly<Record<string, unknown>> & { readonly type: string };

/** Claims of a token in their order; times are `{time}`. */
export type TranscriptClaims = Readonly<Record<string, unknown>>;

/**
 * One event of a transcript. `who` is a server connection, a client or a caller of REST. Whatever it *does* was sent to the service and is
 * repeated in a replay; what it *gets* came from the service and is compared.
 */
export type TranscriptLine =
  /** A server connection is opened. */
  | {
      readonly does: 'connect';
      readonly who: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly claims: TranscriptClaims;
    }
  /** A client negotiates with the service. */
  | { readonly does: 'negotiate'; readonly who: string; readonly path: string; readonly claims: TranscriptClaims }
  | { readonly gets: 'answer'; readonly who: string; readonly status: number; readonly body: unknown }
  /** A client opens its WebSocket, with the token that it negotiated with. */
  | {
      readonly does: 'open';
      readonly who: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** A WebSocket message of a client. */
  | { readonly does: 'say'; readonly who: string; readonly kind: FrameKind; readonly payload: TranscriptPayload }
  /** A hub message to a client, in frames of this kind. */
  | {
      readonly gets: 'hub-message';
      readonly who: string;
      readonly kind: FrameKind;
      readonly payload: TranscriptPayload;
    }
  /** A service message of an app server. `bytes`: its body, where our encoder would write another one. */
  | { readonly does: 'send'; readonly who: string; readonly message: TranscriptMessage; readonly bytes?: string }
  /** A service message to an app server, with the size of its body. */
  | { readonly gets: 'message'; readonly who: string; readonly message: TranscriptMessage; readonly size: number }
  /** A hub message of a client, however ConnectionData was cut. `overhead`: bytes of ConnectionData around a payload. */
  | {
      readonly gets: 'data';
      readonly who: string;
      readonly client: string;
      readonly payload: TranscriptPayload;
      readonly overhead: number;
    }
  /** A REST call. No claims: it carries no token. */
  | {
      readonly does: 'call';
      readonly who: string;
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly claims?: TranscriptClaims;
      readonly payload: TranscriptPayload;
    }
  | {
      readonly gets: 'reply';
      readonly who: string;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly payload: TranscriptPayload;
    }
  /** The peer ends its WebSocket: with a code (1005: with none), or by cutting it (1006). */
  | { readonly does: 'close'; readonly who: string; readonly code: number }
  /** The service ends the WebSocket, or answers the peer's close. */
  | { readonly gets: 'close'; readonly who: string; readonly code: number };

export type FrameKind = 'text' | 'binary';

/** What a peer does. */
export type Deed = Extract<TranscriptLine, { readonly does: string }>;

/** What the service does to a peer. */
export type Outcome = Extract<TranscriptLine, { readonly gets: string }>;

export function isDeed(line: TranscriptLine): line is Deed {
  return 'does' in line;
}
