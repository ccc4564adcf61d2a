import type { Claim } from '@signalite/protocol/service';

/** What an upstream is told of a client (upstream-and-emulator 2.1). */
export interface UpstreamClient {
  /** Hub key: application prefix included, lower case. */
  readonly hub: string;
  readonly connectionId: string;
  readonly userId: string | undefined;
  readonly claims: readonly Claim[];
  /** With a leading `?` and without the token, or empty. */
  readonly queryString: string;
}

/** One hub message of a client for the upstream. */
export interface UpstreamMessage {
  readonly target: string;
  readonly hubProtocol: 'json' | 'messagepack';
  /** The hub message without its framing. */
  readonly body: Uint8Array;
  /** The client waits for an answer. */
  readonly isInvoke: boolean;
}

/** What an upstream answered to a message (upstream-and-emulator 2.4). */
export type UpstreamAnswer =
  | { readonly kind: 'no-match' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'body'; readonly body: Uint8Array }
  /** `error`: text for the client's Completion. */
  | { readonly kind: 'failed'; readonly error: string };

/** The app's own HTTP endpoints in Serverless mode. Nothing here rejects: failures are events. */
export interface Upstream {
  connected(client: UpstreamClient): Promise<void>;
  /** `error` is absent after a clean end. */
  disconnected(client: UpstreamClient, error: string | undefined): Promise<void>;
  message(client: UpstreamClient, message: UpstreamMessage): Promise<UpstreamAnswer>;
  /** Ends what is under way. */
  close(): Promise<void>;
}
