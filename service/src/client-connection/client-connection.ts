import type { ExpectedResult, HubMember, ResultRoute } from '../hub/hub-member.ts';
import type { ClientOpening, LinkedClient, ServerLink } from '../hub/server-link.ts';
import { type CloseReason, CloseReasons, closedByAppServer } from '../lifetime/close-reasons.ts';
import type { Flushable } from '../outbound/end-of-turn.ts';
import { OutboundQueue } from '../outbound/outbound-queue.ts';
import { createRecord, isTextProtocol, type OutboundRecord, RecordKind } from '../outbound/outbound-record.ts';
import type { Transport, TransportEnd, TransportOwner } from '../transport/transport.ts';
import type { ClientContext } from './client-context.ts';
import type { ClientIdentity } from './client-identity.ts';
import { closeRecord, handshakeErrorRecord } from './closing-records.ts';
import { readHandshakeRequest } from './handshake-request.ts';
import { CLOSED, type ClientState, type Handshaking } from './state.ts';

const UNKNOWN_PROTOCOL = 'json';

/**
 * One end user's connection: identity, state, what waits for it. It reads the hub handshake request to learn the hub
 * protocol and moves bytes after that (design: hot path 1). It knows its hub and its link; it never sees a server
 * connection.
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

  /** Attaches the transport: bytes may come from now on. */
  attach(transport: Transport): void {
    const { events, hub } = this.#context;
    this.#transport = transport;
    const { connectionId, userId } = this.identity;
    events.emit({ name: 'clientConnected', hub: hub.key, connectionId, userId, transport: transport.kind });
  }

  // From the client

  transportReceived(bytes: Buffer): void {
    const state = this.#state;
    if (state.name === 'open' || state.name === 'opening') state.link.send(bytes);
    else if (state.name === 'handshaking') this.#readHandshake(state, bytes);
  }

  transportDrained(): void {
    this.flush();
  }

  transportClosed(end: TransportEnd): void {
    this.#end(end === 'gone' ? CloseReasons.clientLeft : CloseReasons.clientMessageTooLarge, 'transport');
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
    if (assignment.to === 'app-server') {
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
    link.open(state.opening);
    link.send(request);
    if (rest.length > 0) link.send(rest);
    events.emit({
      name: 'clientAssigned',
      hub: hub.key,
      connectionId: this.connectionId,
      serverId: link.serverId,
      serverConnectionId: link.serverConnectionId,
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
    this.deliver(createRecord(messages, isTextProtocol(this.hubProtocol), kind, messageCount));
    if (endsWithClose) this.#sentClose = true;
  }

  linkClosed(error: string): void {
    this.#end(closedByAppServer(error, this.#sentClose || this.#state.name === 'opening'), 'app-server');
  }

  linkLost(reason: CloseReason): void {
    this.#end(reason, 'app-server');
  }

  linkPaused(): void {
    this.#transport?.pause();
  }

  linkResumed(): void {
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
    if (state.name !== 'open') return;
    // A hub Close message or a handshake error is the last: whatever comes after it is not for this client any more.
    if (this.#sentClose) return;
    this.#enqueue(record);
  }

  close(reason: CloseReason): void {
    this.#end(reason, 'service');
  }

  /** Ends the socket at once. */
  drop(): void {
    this.#transport?.close('drop');
  }

  expectResult(result: ExpectedResult): ResultRoute {
    const state = this.#state;
    if (state.name !== 'open' && state.name !== 'opening') return 'other-server';
    return state.link.expectResult(result, this.connectionId);
  }

  // Time and writing

  /** Looks at the deadline of the present state. */
  sweep(now: number): void {
    const state = this.#state;
    if (state.name === 'open' || state.name === 'closed') return;
    if (state.name === 'handshaking' && state.waitsUntil !== undefined && state.received !== undefined) {
      this.#tryToOpen(state, state.received);
    } else if (state.deadlineAt > now) return;
    else if (state.name === 'closing') this.#transport?.close('drop');
    else this.close(CloseReasons.handshakeTimedOut);
  }

  flush(): void {
    const transport = this.#transport;
    if (transport === undefined || this.#queue.isEmpty || !transport.isWritable) return;
    transport.write(this.#queue.takeAll());
  }

  #enqueue(record: OutboundRecord): void {
    const { endOfTurn, limits } = this.#context;
    const wasEmpty = this.#queue.isEmpty;
    const waiting = this.#queue.bytes + (this.#transport?.unsentBytes ?? 0);
    // One message is always taken by an empty queue, however big.
    if (waiting > 0 && waiting + record.frame.length > limits.clientQueueBytes) {
      this.close(CloseReasons.slowClient);
      return;
    }
    this.#queue.push(record);
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
    this.#state = { name: 'closing', deadlineAt: now() + timers.closeMs };
    if (by === 'transport') this.#release();
    else this.#writeEnd(reason, state.name === 'open');
  }

  #writeEnd(reason: CloseReason, wasOpen: boolean): void {
    const last = wasOpen
      ? reason.frame && closeRecord(reason.frame, this.hubProtocol)
      : reason.handshakeError && handshakeErrorRecord(reason.handshakeError);
    if (reason.webSocket !== 'drop') {
      if (last && !this.#sentClose) this.#queue.push(last);
      // All of it, writable or not: nothing can be queued any more, and the close frame must come last.
      this.#transport?.write(this.#queue.takeAll());
    }
    this.#transport?.close(reason.webSocket);
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
