// The seam towards app servers: one client's path to whoever answers it. That is an app server, or the service itself
// in Serverless mode. A client connection knows only its link, never a server connection; what an app server sends to one
// client comes down this link and not through HubOperations.

import type { Claim, Header, ServiceMessage } from '@signalite/protocol/service';
import type { CloseReason } from '../lifetime/close-reasons.ts';
import type { ResultOutcome } from './client-results.ts';
import type { ExpectedResult, ResultRoute } from './hub-member.ts';
import type { StickyServer } from './sticky-server.ts';

/** What an app server is told of a client when it opens (service-protocol 7.2). */
export interface ClientOpening {
  readonly claims: readonly Claim[];
  readonly headers: readonly Header[];
  /** With a leading `?`, or empty. */
  readonly queryString: string;
}

/** What an app server was told of a client when it opened, kept for another one. */
export interface ClientBeginning {
  readonly opening: ClientOpening;
  /** As the client sent it; one character for each byte. */
  readonly handshakeRequest: string;
}

/** A client that comes from another app server, and what its new one must hear of it (service-protocol 12.1). */
export interface ArrivingClient extends ClientBeginning {
  readonly client: LinkedClient;
  readonly fromServerId: string;
}

/** A client that comes from another connection of the same app server (service-protocol 10.2). */
export interface MovedClient {
  readonly client: LinkedClient;
  readonly beginning: ClientBeginning | undefined;
  /** What waits for the app server, in order: bytes of the client, and messages about it. */
  readonly held: readonly (Uint8Array | ServiceMessage)[];
}

/** Who answers a client. */
export type AnsweredBy =
  | { readonly to: 'app-server'; readonly serverId: string; readonly serverConnectionId: string }
  | { readonly to: 'serverless' };

/** One client's path to whoever answers it. All calls are safe, and do nothing, after the link ended. */
export interface ServerLink {
  readonly answeredBy: AnsweredBy;
  /** Tells the app server of the client and hands it the client's handshake request. Once, before anything else. */
  open(opening: ClientOpening, handshakeRequest: Buffer): void;
  /** Bytes of the client, unchanged. They are copied before the call returns. */
  send(bytes: Uint8Array): void;
  /** The client is back on a new socket; it hears no rest of a message begun on the old one. */
  clientReturned(): void;
  /** The client is gone; empty text means a clean end. */
  close(error: string): void;
  /** Prepares the app server for a result that another server asked for. */
  expectResult(result: ExpectedResult, connectionId: string): ResultRoute;
  /** Looks at deadlines. `hasWritten`: something was written to the client since the last time. */
  sweep(now: number, hasWritten: boolean): void;
}

/** A client connection as its link sees it. Payloads are views, valid during the call only. */
export interface LinkedClient {
  readonly connectionId: string;
  /** Undefined for anonymous clients. */
  readonly userId: string | undefined;
  /** Polls, which keep themselves alive: no client timeout (client-protocol 2.5). */
  readonly isPolling: boolean;
  /** Hub protocol of the handshake, lower case. */
  readonly hubProtocol: string;
  readonly sticky: StickyServer | undefined;
  /** It has its handshake response, and nothing ends it: another link may carry it on. */
  readonly isMovable: boolean;
  /** Another link carries the client from now on. Only while it is movable. */
  linkReplaced(link: ServerLink): void;
  /** The app server's hub handshake response, whole, with its record separator. */
  linkAnsweredHandshake(response: Uint8Array): void;
  /** Whole hub messages. `endsWithClose`: the last one is a hub Close message. */
  linkReceived(messages: Uint8Array, messageCount: number, endsWithClose: boolean): void;
  /** The app server ended the client. */
  linkClosed(error: string): void;
  /** The path broke. */
  linkLost(reason: CloseReason): void;
  /** The app server takes no more for now: do not read the client. */
  linkPaused(): void;
  linkResumed(): void;
}

/** The client result that an answer belongs to, in the words of its caller. */
export interface ResultAddress {
  readonly invocationId: string;
  readonly connectionId: string;
  readonly callerServerId: string;
  /** Of the question; every word about its answer carries it (service-protocol 8.5). */
  readonly tracingId?: bigint | undefined;
}

/** A server connection as a hub sees it: where new clients may go. */
export interface HubServer {
  readonly serverId: string;
  readonly serverConnectionId: string;
  /** False for weak connections, and for those that announced their shutdown. */
  readonly isAssignable: boolean;
  /** Its app lets clients come back on a new socket (service-protocol 10.1). */
  readonly allowsStatefulReconnect: boolean;
  /** Clients bound to it. */
  readonly clientCount: number;
  openLink(client: LinkedClient): ServerLink;
  /** Takes a client over from another app server; the link is open. */
  takeOver(arriving: ArrivingClient): ServerLink;
  /** True when clients may move between this connection and another one of its app server now (service-protocol 10.2). */
  readonly canMoveClients: boolean;
  /** Begins to move clients to another connection of the same app server. */
  moveClients(to: HubServer, count: number): void;
  /** Goes on with a client that was paused on another connection of the same app server; the link is open. */
  resumeClient(moved: MovedClient): ServerLink;
  /** Asks the app server for one more connection (service-protocol 6.4). */
  requestConnection(): void;
  /** Tells the app server how a client result that it asked for ended. */
  answerResult(address: ResultAddress, outcome: ResultOutcome): void;
}
