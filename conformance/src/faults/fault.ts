import type { HttpAnswer } from '../peers/http.ts';
import type { SocketEnd, SocketMessage } from '../peers/web-socket.ts';
import type { ServiceMessage } from '../wire/service-message.ts';

/** An HTTP request as the proxy saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Which connection a WebSocket is. */
export type SocketKind = 'client' | 'server';

/**
 * One way to be wrong: what a target sends, or what it is sent, is rewritten on its way. Everything that is not named
 * passes as it is.
 */
export interface Fault {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** The checks that must be red behind it; others may be as well. */
  readonly turnsRed: readonly string[];
  /** Before a request reaches the target, an upgrade's too. */
  readonly request?: (request: SeenRequest) => SeenRequest;
  /** A request of the target to its upstream. */
  readonly upstream?: (request: SeenRequest) => SeenRequest;
  /** Answers of the target, refused upgrades among them. */
  readonly answer?: (answer: HttpAnswer, request: SeenRequest) => HttpAnswer;
  /** A WebSocket message of the target to a client; none: it is lost. */
  readonly toClient?: (message: SocketMessage) => readonly SocketMessage[];
  readonly fromClient?: (message: SocketMessage) => readonly SocketMessage[];
  /** A service message of the target to an app server. */
  readonly toServer?: (message: ServiceMessage) => readonly ServiceMessage[];
  readonly fromServer?: (message: ServiceMessage) => readonly ServiceMessage[];
  /** A WebSocket message of an app server as it came, before `fromServer` reads what is in it. */
  readonly serverFrame?: (frame: SocketMessage) => readonly SocketMessage[];
  /** True: the peer is not told that the target ended a WebSocket. */
  readonly hidesEnd?: (kind: SocketKind) => boolean;
  /** The data of the answer to a ping of a client; default: that of the ping. */
  readonly pong?: (data: string) => string;
  /** The target closes a WebSocket. */
  readonly close?: (end: SocketEnd, kind: SocketKind) => SocketEnd;
}
