import type { OutboundRecord } from '../outbound/outbound-record.ts';

/** Transports by the names of the negotiate answer. */
export const TransportKind = {
  WebSockets: 'WebSockets',
  ServerSentEvents: 'ServerSentEvents',
  LongPolling: 'LongPolling',
} as const;
export type TransportKind = (typeof TransportKind)[keyof typeof TransportKind];

/** Moves bytes for one client connection. Knows nothing of hubs; reading is pushed to its owner. */
export interface Transport {
  readonly kind: TransportKind;
  /** Bytes written but not yet taken by the network. */
  readonly unsentBytes: number;
  /** False while the network takes no more: keep records until `transportDrained`. */
  readonly isWritable: boolean;
  /** Writes records in order, in as few writes as possible. */
  write(records: readonly OutboundRecord[]): void;
  /** Ends after everything written and these last records, writable or not. `code`: WebSocket close code. */
  end(last: readonly OutboundRecord[], code: number): void;
  /** Ends at once. */
  drop(): void;
  /** Stops and resumes reading from the client. */
  pause(): void;
  resume(): void;
  /** Looks at the transport's own deadlines. `now`: milliseconds since 1970. */
  sweep(now: number): void;
}

/** What a transport tells its owner. */
export interface TransportOwner {
  /** Bytes of the client, valid during the call only. */
  transportReceived(bytes: Buffer): void;
  /** `isWritable` is true again. */
  transportDrained(): void;
  /** The peer is gone, whoever ended it; comes once. */
  transportClosed(end: TransportEnd): void;
}

/** How a transport ended: in order, without a word, by the limit of a message, or because no poll came any more. */
export type TransportEnd = 'closed' | 'gone' | 'message-too-large' | 'no-poll';
