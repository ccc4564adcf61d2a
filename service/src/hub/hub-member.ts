import type { CloseReason } from '../lifetime/close-reasons.ts';
import type { OutboundRecord } from '../outbound/outbound-record.ts';

/** How a member came into a group: the two ways end apart (rest-api 7.4). Bits. */
export const JoinedBy = { Connection: 1, User: 2 } as const;

/** A client connection as the hub sees it. */
export interface HubMember {
  readonly connectionId: string;
  /** Undefined for anonymous clients. */
  readonly userId: string | undefined;
  /** Hub protocol of the client's handshake, lower case. */
  readonly hubProtocol: string;
  /** Groups of the member with `JoinedBy` bits; undefined while it is in none. Written by `Groups` only. */
  groups: Map<string, number> | undefined;
  /** Queues one record. Never throws. */
  deliver(record: OutboundRecord): void;
  /** Ends the connection and takes the member out of its hub before anything is written. */
  close(reason: CloseReason): void;
  /** Tells the member's app server to expect a client result; gives what the caller must know of the route. */
  expectResult(invocation: ExpectedResult): ResultRoute;
}

/** A client result that a server asks for (service-protocol 9). */
export interface ExpectedResult {
  readonly invocationId: string;
  readonly callerServerId: string;
}

/** Whether the result comes to the caller by itself, or through the service. */
export type ResultRoute = 'caller-holds-client' | 'other-server';
