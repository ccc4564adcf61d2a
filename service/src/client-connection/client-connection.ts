import type { ExpectedResult, HubMember, ResultRoute } from '../hub/hub-member.ts';
import type { AnsweredBy, ClientOpening, LinkedClient, ServerLink } from '../hub/server-link.ts';
import type { StickyServer } from '../hub/sticky-server.ts';
import { binaryProtocolOnText, type CloseReason, CloseReasons, closedByAppServer } from '../lifetime/close-reasons.ts';
import type { Flushable } from '../outbound/end-of-turn.ts';
import { OutboundQueue } from '../outbound/outbound-queue.ts';
import { createRecord, isTextProtocol, type OutboundRecord, RecordKind } from '../outbound/outbound-record.ts';
import { type Transport, type TransportEnd, TransportKind, type TransportOwner } from '../transport/transport.ts';
import type { ClientContext } from './client-context.ts';
import type { ClientIdentity } from './client-identity.ts';
import { closeRecord, handshakeErrorRecord } from './closing-records.ts';
import { readHandshakeRequest } from './handshake-request.ts';
import { CLOSED, type ClientState, type Handshaking } from './state.ts';
import { StatefulStream } from './stateful-stream.ts';

const UNKNOWN_PROTOCOL = 'json';
// A client asks for it in its handshake when it uses stateful reconnect (client-protocol 4.1).
const STATEFUL_VERSION = 2;
const REASON_OF_END: Readonly<Record<TransportEnd, CloseReason>> = {
  closed: CloseReasons.clientLeft,
  gone: CloseReasons.clientLeft,
  'message-too-large': CloseReasons.clientMessageTooLarge,
  'no-poll': CloseReasons.clientStoppedPolling,
};

/**
 * One end user's connection: identity, state, what waits for it. It reads the hub handshake request to learn the hub
 * protocol and moves bytes after that (design: hot path 1). It knows its hub and its link; it never sees a server
 * connection. A client that negotiated stateful reconnect is the exception: its messages are numbered here.
 */
export class ClientConnection implements HubMember, LinkedClient, TransportOwner, Flushable {
  readonly identity: ClientIdentity;
  hubProtocol: string = UNKNOWN_PROTOCOL;
  groups: Map<string, number> | undefined;
  readonly #context: ClientContext;
  readonly #queue = new OutboundQueue();
  #transport: Transport | undefined;
  #state: ClientState;
  #sentClose = false;
  #isPaused = false;
  /** Set when the client may come back on a new socket. */
  #stateful: StatefulStream | undefined;

  constructor(identity: ClientIdentity, opening: ClientOpening, context: ClientContext) {
    this.identity = identity;
    this.#context = context;
    const deadlineAt = context.now() + (identity.handshakeMs ?? context.timers.handshakeMs);
    this.#state = { name: 'handshaking', deadlineAt, opening, received: undefined };
  }

  get connectionId(): string {
    return this.identity.connectionId;
  }

  get hubKey(): string {
    return this.#context.hub.key;
  }

  get userId(): string | undefined {
    return this.identity.userId;
  }

  /** Bytes that wait for the client to read. */
  get queuedBytes(): number {
    return this.#queue.bytes + (this.#transport?.unsentBytes ?? 0);
  }

  get isPolling(): boolean {
    return this.#transport?.kind === TransportKind.LongPolling;
  }

  get sticky(): StickyServer | undefined {
    return this.identity.sticky;
  }

  /** Who answers the client; undefined before that was decided. */
  get answeredBy(): AnsweredBy | undefined {
    return 'link' in this.#state ? this.#state.link.answeredBy : undefined;
  }

  /** Attaches the transport: bytes may come from now on. */
  attach(transport: Transport): void {
    const { events, hub } = this.#context;
    this.#transport = transport;
    const { connectionId, userId } = this.identity;
    events.emit({ name: 'clientConnected', hub: hub.key, connectionId, userId, transport: transport.kind });
  }

  /** True while nothing ends it: its requests are served. */
  get isAlive(): boolean {
    return this.#state.name !== 'closing' && this.#state.name !== 'closed';
  }

  /** True when a new socket may take the place of the old one. */
  get isResumable(): boolean {
    const { name } = this.#state;
    return this.#stateful?.isFinished === false && !this.#sentClose && (name === 'open' || name === 'away');
  }

  /** The client is back on a new socket (client-protocol 4.2). Only when `isResumable`. */
  resume(transport: Transport): void {
    const state = this.#state;
    if (this.#stateful === undefined || (state.name !== 'open' && state.name !== 'away')) return;
    this.#transport = transport;
    this.#state = { name: 'open', link: state.link };
    if (this.#isPaused) transport.pause();
    state.link.clientReturned();
    transport.write(this.#stateful.resume());
    this.flush();
    this.#context.events.emit({ name: 'clientReturned', hub: this.hubKey, connectionId: this.connectionId });
  }

  // From the client

  transportReceived(bytes: Buffer): void {
    const state = this.#state;
    this.#context.hub.traffic.received(bytes.length);
    if (state.name === 'open' || state.name === 'opening') this.#forward(state.link, bytes);
    else if (state.name === 'handshaking') this.#readHandshake(state, bytes);
  }

  transportDrained(): void {
    this.flush();
  }

  transportClosed(end: TransportEnd): void {
    if (end === 'gone' && this.isResumable) this.#leave();
    else this.#end(REASON_OF_END[end], 'transport');
  }

  #forward(link: ServerLink, bytes: Buffer): void {
    if (this.#stateful === undefined) {
      link.send(bytes);
      return;
    }
    const { forward, end } = this.#stateful.read(bytes);
    for (const message of forward) link.send(message);
    if (end !== undefined) this.close(end);
    // An acknowledgement may have made room for what waits.
    else this.flush();
  }

  /** The socket is lost, the client is not: what is sent to it waits. */
  #leave(): void {
    const state = this.#state;
    if (state.name !== 'open' || this.#stateful === undefined) return;
    const { now, timers, events } = this.#context;
    this.#transport = undefined;
    // Its silence begins now, not with its last ping: else the hub would end it before it may come back.
    state.link.send(this.#stateful.ping());
    this.#state = { name: 'away', deadlineAt: now() + timers.reconnectMs, link: state.link };
    events.emit({ name: 'clientAway', hub: this.hubKey, connectionId: this.connectionId });
  }

  #readHandshake(state: Handshaking, bytes: Buffer): void {
    const received = state.received === undefined ? bytes : Buffer.concat([state.received, bytes]);
    if (state.waitsUntil === undefined) this.#tryToOpen(state, received);
    // Its request is read already, and an app server is waited for.
    else if (received.length <= this.#context.limits.clientQueueBytes) this.#keep(state, received);
    else this.close(CloseReasons.handshakeTooLarge);
  }

  #tryToOpen(state: Handshaking, received: Buffer): void {
    const reading = readHandshakeRequest(received, this.#context.limits.handshakeBytes);
    if (reading.step === 'refused') this.close(reading.reason);
    else if (reading.step === 'more') this.#keep(state, received);
    else {
      this.hubProtocol = reading.request.protocol.toLowerCase();
      const isTextOnly = this.#transport?.kind === TransportKind.ServerSentEvents;
      if (isTextOnly && !isTextProtocol(this.hubProtocol)) {
        this.close(binaryProtocolOnText(reading.request.protocol));
        return;
      }
      const isWebSocket = this.#transport?.kind === TransportKind.WebSockets;
      if (isWebSocket && this.identity.mayResume && reading.request.version >= STATEFUL_VERSION) {
        this.#stateful = new StatefulStream(this.hubProtocol, this.#context.limits);
      }
      this.#assign(state, received, reading.length);
    }
  }

  /** Keeps a copy: what came is valid during the call only. */
  #keep(state: Handshaking, received: Buffer): void {
    this.#state = { ...state, received: Buffer.from(received) };
  }

  #assign(state: Handshaking, received: Buffer, requestBytes: number): void {
    const { hub, serviceMode, timers, now } = this.#context;
    const assignment = serviceMode().assign(hub, this, this.identity.sticky);
    if (assignment.to === 'link') {
      this.#open(state, assignment.link, [received.subarray(0, requestBytes), received.subarray(requestBytes)]);
      return;
    }
    // An app server that hears of the client after its deadline could not answer in time.
    const waitsUntil = state.waitsUntil ?? Math.min(now() + timers.serverWaitMs, state.deadlineAt);
    if (waitsUntil > now()) this.#keep({ ...state, waitsUntil }, received);
    else this.close(assignment.reason);
  }

  #open(state: Handshaking, link: ServerLink, [request, rest]: readonly [Buffer, Buffer]): void {
    const { hub, events } = this.#context;
    this.#state = { name: 'opening', deadlineAt: state.deadlineAt, link, held: [], heldBytes: 0 };
    hub.clients.add(this);
    link.open(state.opening, request);
    if (rest.length > 0) this.#forward(link, rest);
    const { answeredBy } = link;
    const isServer = answeredBy.to === 'app-server';
    events.emit({
      name: 'clientAssigned',
      hub: hub.key,
      connectionId: this.connectionId,
      serverId: isServer ? answeredBy.serverId : undefined,
      serverConnectionId: isServer ? answeredBy.serverConnectionId : undefined,
      hubProtocol: this.hubProtocol,
    });
  }

  // From the app server

  linkAnsweredHandshake(response: Uint8Array): void {
    const state = this.#state;
    if (state.name !== 'opening') return;
    this.#state = { name: 'open', link: state.link };
    const isError = isHandshakeError(response);
    // A protocol that was not agreed on has no say in the kind of frame: self-hosted SignalR writes errors as text.
    this.deliver(createRecord(response, isError || isTextProtocol(this.hubProtocol), RecordKind.Handshake));
    // An error answer ends the client: its app server closes it next, and nothing may follow the answer.
    if (isError) this.#sentClose = true;
    else for (const record of state.held) this.deliver(record);
  }

  linkReceived(messages: Uint8Array, messageCount: number, endsWithClose: boolean): void {
    const kind = endsWithClose ? RecordKind.Close : RecordKind.Messages;
    if (this.#stateful !== undefined) for (const record of this.#stateful.recordsOf(messages)) this.deliver(record);
    else this.deliver(createRecord(messages, isTextProtocol(this.hubProtocol), kind, messageCount));
    if (endsWithClose) this.#sentClose = true;
  }

  linkClosed(error: string): void {
    this.#end(closedByAppServer(error, this.#sentClose || this.#state.name === 'opening'), 'app-server');
  }

  linkLost(reason: CloseReason): void {
    this.#end(reason, 'app-server');
  }

  get isMovable(): boolean {
    const { name } = this.#state;
    return !this.#sentClose && (name === 'open' || name === 'away');
  }

  linkReplaced(link: ServerLink): void {
    const state = this.#state;
    if (state.name === 'open' || state.name === 'away') this.#state = { ...state, link };
  }

  linkPaused(): void {
    this.#isPaused = true;
    this.#transport?.pause();
  }

  linkResumed(): void {
    this.#isPaused = false;
    this.#transport?.resume();
  }

  // From the hub

  deliver(record: OutboundRecord): void {
    const state = this.#state;
    if (state.name === 'opening') {
      state.held.push(record);
      state.heldBytes += record.frame.length;
      if (state.heldBytes > this.#context.limits.clientQueueBytes) this.close(CloseReasons.slowClient);
      return;
    }
    if (state.name !== 'open' && state.name !== 'away') return;
    // A hub Close message or a handshake error is the last: whatever comes after it is not for this client any more.
    if (this.#sentClose) return;
    this.#enqueue(record);
  }

  close(reason: CloseReason): void {
    this.#end(reason, 'service');
  }

  /** Ends the socket at once. */
  drop(): void {
    if (this.#transport === undefined) this.close(CloseReasons.serviceStopped);
    else this.#transport.drop();
  }

  expectResult(result: ExpectedResult): ResultRoute {
    const state = this.#state;
    if (state.name !== 'open' && state.name !== 'away' && state.name !== 'opening') return 'other-server';
    return state.link.expectResult(result, this.connectionId);
  }

  // Time and writing

  /** Looks at all deadlines. After a stall those who knock already come first: their polls wait in the same event loop. */
  sweep(now: number, wasStalled: boolean): void {
    const { expiresAt } = this.identity;
    if (expiresAt !== undefined && expiresAt <= now && this.isAlive) this.close(CloseReasons.authenticationExpired);
    if (!wasStalled) this.#transport?.sweep(now);
    const state = this.#state;
    if (state.name === 'closed') return;
    if ('link' in state) state.link.sweep(now, this.#queue.askTaken());
    if (state.name === 'open') this.#acknowledge(now);
    else if (state.name === 'handshaking' && state.waitsUntil !== undefined && state.received !== undefined) {
      this.#tryToOpen(state, state.received);
    } else if (state.deadlineAt > now) return;
    else if (state.name === 'closing') this.#transport?.drop();
    else if (state.name === 'away') this.#end(CloseReasons.clientDidNotReturn, 'transport');
    else this.close(CloseReasons.handshakeTimedOut);
  }

  flush(): void {
    const transport = this.#transport;
    if (transport === undefined || this.#queue.isEmpty || !transport.isWritable) return;
    const records = this.#stateful === undefined ? this.#queue.takeAll() : this.#stateful.replay.takeFrom(this.#queue);
    if (records.length > 0) transport.write(records);
  }

  #acknowledge(now: number): void {
    const transport = this.#transport;
    if (transport?.isWritable !== true) return;
    const ack = this.#stateful?.acknowledgement(now, this.#context.timers.ackMs);
    if (ack !== undefined) transport.write([ack]);
  }

  #enqueue(record: OutboundRecord): void {
    const { endOfTurn, limits, hub } = this.#context;
    const wasEmpty = this.#queue.isEmpty;
    const waiting = this.queuedBytes;
    // One message is always taken by an empty queue, however big.
    if (waiting > 0 && waiting + record.frame.length > limits.clientQueueBytes) {
      this.close(CloseReasons.slowClient);
      return;
    }
    this.#queue.push(record);
    if (record.kind === RecordKind.Messages) hub.traffic.sent(record.frame.length - record.payloadOffset);
    if (wasEmpty) endOfTurn.mark(this);
  }

  /** The one way out of life. `by`: who ended it, and so who need not be told. */
  #end(reason: CloseReason, by: 'transport' | 'app-server' | 'service'): void {
    const state = this.#state;
    if (state.name === 'closed') return;
    if (state.name === 'closing') {
      if (by === 'transport') this.#release();
      return;
    }
    const { hub, events, timers, now } = this.#context;
    hub.clients.remove(this);
    if (by !== 'app-server' && state.name !== 'handshaking') state.link.close(reason.serverText);
    events.emit({
      name: 'clientClosed',
      hub: hub.key,
      connectionId: this.connectionId,
      category: reason.category,
      reason: reason.log,
    });
    // A client between two polls hears of the end with the next one.
    const patienceMs = this.isPolling ? Math.max(timers.closeMs, this.identity.pollIntervalMs ?? 0) : timers.closeMs;
    this.#state = { name: 'closing', deadlineAt: now() + patienceMs };
    if (by === 'transport' || this.#transport === undefined) this.#release();
    else this.#writeEnd(reason, state.name === 'open');
  }

  #writeEnd(reason: CloseReason, wasOpen: boolean): void {
    const last = wasOpen
      ? reason.frame && closeRecord(reason.frame, this.hubProtocol)
      : reason.handshakeError && handshakeErrorRecord(reason.handshakeError);
    if (last && !this.#sentClose) this.#queue.push(last);
    // All of it, writable or not: nothing can be queued any more, and the close frame must come last.
    if (reason.webSocket === 'drop') this.#transport?.drop();
    else this.#transport?.end(this.#queue.takeAll(), reason.webSocket);
  }

  #release(): void {
    this.#state = CLOSED;
    this.#queue.takeAll();
    this.#context.released(this.identity);
  }
}

function isHandshakeError(response: Uint8Array): boolean {
  return Buffer.from(response.buffer, response.byteOffset, response.byteLength).includes('"error"');
}
