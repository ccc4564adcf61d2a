// One client of a hub: its handshake, its messages, its end (client-protocol 3.1, 3.6, 3.7, 6.2; service-protocol 7).
import {
  type CloseMessage,
  encodeHandshakeResponse,
  type HubMessage,
  type HubMessageReader,
  ProtocolError,
} from '@signalite/protocol';
import { DataMessageType } from '@signalite/protocol/service';
import { ClientActivity } from '../hub/client-activity.ts';
import { connectionClosedWithError, HANDSHAKE_CANCELED } from '../hub/error-text.ts';
import type { DispatchClient } from '../hub/hub-dispatcher.ts';
import type { HubSender, LocalClient } from '../hub/hub-sender.ts';
import {
  type ClientConnectionName,
  clientConnected,
  clientDisconnected,
  clientHandshakeRefused,
  clientInputRefused,
  clientOverran,
  hubEventFailed,
} from '../log/events.ts';
import type { Outlet } from '../server-connection/outlet.ts';
import { ClientContext, type ContextClient } from './client-context.ts';
import { ABORTED, type ClientEnding, closedByClient, left, refusedInput, timedOut } from './client-ending.ts';
import type { ClientEnvironment, RegisteredClient } from './client-environment.ts';
import { readHandshake } from './client-handshake.ts';
import type { ClientLink } from './client-link.ts';
import type { ClientOpening } from './client-opening.ts';
import { CLOSED, type ClientState, CONNECTING, CONNECTING_GONE, OPEN, ticks } from './client-state.ts';
import { type ClientProtocol, dataTypeOf } from './hub-protocols.ts';

const NEVER_PINGED = -1;
const ENDING_TIMEOUT_MS = 30_000;
const HANDSHAKE_ACCEPTED = encodeHandshakeResponse();

export class ClientConnection implements DispatchClient, LocalClient, ContextClient, RegisteredClient {
  readonly opening: ClientOpening;
  readonly link: ClientLink;
  readonly #environment: ClientEnvironment;
  #protocol: ClientProtocol | undefined;
  #state: ClientState;
  /** When the client was heard last, in ticks; counts only once it pinged. */
  #heardAtTick = NEVER_PINGED;
  /** Only while it holds bytes. */
  #reader: HubMessageReader | undefined;
  #activity: ClientActivity | undefined;
  #context: ClientContext | undefined;
  /** The app server that the client went on to. */
  #migratedTo: string | undefined;

  constructor(environment: ClientEnvironment, link: ClientLink, opening: ClientOpening) {
    this.#environment = environment;
    this.link = link;
    this.opening = opening;
    const { clock, options } = environment;
    const deadlineTick = clock.tick + ticks(options.handshakeTimeoutMs);
    this.#state = { name: 'handshaking', received: undefined, deadlineTick };
  }

  get connectionId(): string {
    return this.link.connectionId;
  }

  get name(): ClientConnectionName {
    return { hub: this.#environment.hub, connectionId: this.connectionId };
  }

  get outlet(): Outlet {
    return this.link.outlet;
  }

  get room(): Promise<void> | undefined {
    return this.link.room;
  }

  get sender(): HubSender {
    const { diagnosticSender, sender } = this.#environment;
    return this.opening.isDiagnostic ? diagnosticSender : sender;
  }

  get protocol(): ClientProtocol | undefined {
    return this.#protocol;
  }

  get activity(): ClientActivity {
    this.#activity ??= new ClientActivity();
    return this.#activity;
  }

  get context(): ClientContext {
    this.#context ??= new ClientContext(this);
    return this.#context;
  }

  get isClosed(): boolean {
    return this.#state.name === 'closed';
  }

  // What the service brings

  /** Bytes of the client. They may be split or joined anywhere. */
  receive(payload: Uint8Array): void {
    if (this.#heardAtTick !== NEVER_PINGED) this.#heardAtTick = this.#environment.clock.tick;
    const state = this.#state;
    if (state.name === 'handshaking') this.#readHandshake(state, payload);
    else if (state === OPEN || state === CONNECTING) this.#read(payload);
  }

  /** The service, or the way to it, says that the client is gone. It hears nothing more. */
  leave(): void {
    const state = this.#state;
    if (this.#isHandedOver) this.link.goOn();
    else this.link.abandon();
    if (state.name === 'handshaking') this.#close('left before the handshake');
    else if (state === CONNECTING) this.#state = CONNECTING_GONE;
    else if (state === OPEN) {
      this.#state = { name: 'leaving', deadlineTick: this.#deadline(ENDING_TIMEOUT_MS) };
      this.proceed();
    }
    if (!this.isClosed && this.#state.name !== 'ending') this.#environment.unreachable(this);
  }

  /** The client goes on with another app server. Calls that run still answer it from here (service-protocol 12.1). */
  handOver(serverId: string): void {
    this.#migratedTo = serverId;
    this.leave();
  }

  get migratedTo(): string | undefined {
    return this.#migratedTo;
  }

  /** The service lets a paused client go on, over `outlet` from now on. */
  resume(outlet: Outlet): void {
    this.link.resume(outlet);
    this.proceed();
  }

  /** Looks at deadlines and pings. */
  sweep(): void {
    const { clock, options } = this.#environment;
    if (this.link.sweep()) this.proceed();
    const state = this.#state;
    if (state === OPEN || state === CONNECTING) {
      const { tick } = clock;
      if (this.#heardAtTick !== NEVER_PINGED && tick - this.#heardAtTick > ticks(options.clientTimeoutIntervalMs))
        this.#end(timedOut(options));
      else if (tick - this.link.sentAtTick >= ticks(options.keepAliveIntervalMs)) this.#ping();
    } else if (state.name === 'handshaking') {
      if (state.deadlineTick <= clock.tick) this.#refuse(HANDSHAKE_CANCELED);
    } else if (state.name === 'leaving') {
      if (state.deadlineTick <= clock.tick) this.#end({ reason: 'left', keepsWaiting: false });
    } else if (state.name === 'ending' && state.deadlineTick <= clock.tick) this.#disconnect(state.error);
  }

  // What hub code does

  send(message: HubMessage): void {
    if (this.#protocol === undefined || !(this.#isReachable || this.#isHandedOver)) return;
    this.noteSend();
    this.link.send(this.#protocol.protocol.encode(message), dataTypeOf(message));
  }

  noteSend(): void {
    this.link.sentAtTick = this.#environment.clock.tick;
  }

  abort(): void {
    if (this.#isReachable) this.#end(ABORTED);
  }

  slotFreed(): void {
    const activity = this.activity;
    activity.slotsTaken -= 1;
    if (activity.waiting.length > 0) this.#environment.dispatcher.startWaiting(this);
    if (this.#reader !== undefined || this.#state !== OPEN) this.proceed();
  }

  /** Goes on with what had to wait: reading, leaving, ending. */
  proceed(): void {
    const isBusy = this.#environment.reading === this;
    if (!isBusy && this.#reader !== undefined && this.#isReadable) this.#read();
    const state = this.#state;
    if (state.name === 'leaving' && !isBusy && !this.#isBlocked) this.#left();
    else if (state.name === 'ending' && !state.isConnecting && this.#isIdle) this.#disconnect(state.error);
  }

  // What the client says

  pinged(): void {
    this.#heardAtTick = this.#environment.clock.tick;
  }

  closedByPeer(error: string | undefined): void {
    this.#end(closedByClient(error));
  }

  failInput(reason: string): void {
    const { log, options } = this.#environment;
    clientInputRefused(log, this.name, reason);
    this.#end(refusedInput(reason, options));
  }

  get #isHandedOver(): boolean {
    return this.#migratedTo !== undefined;
  }

  get #isReachable(): boolean {
    return this.#state === OPEN || this.#state === CONNECTING;
  }

  /** What came may be read now. */
  get #isReadable(): boolean {
    return (this.#state === OPEN || this.#state.name === 'leaving') && !this.#isBlocked;
  }

  get #isBlocked(): boolean {
    if (this.link.isFull) return true;
    return this.#activity?.isBlocked(this.#environment.options.maximumWaitingInvocations) ?? false;
  }

  /** True when `onDisconnected` may run. Whoever goes on elsewhere is still owed every answer. */
  get #isIdle(): boolean {
    const activity = this.#activity;
    return activity === undefined || (activity.isIdle && (!this.#isHandedOver || activity.calls.length === 0));
  }

  #deadline(milliseconds: number): number {
    return this.#environment.clock.tick + ticks(milliseconds);
  }

  // Reading

  #readHandshake(state: Extract<ClientState, { name: 'handshaking' }>, payload: Uint8Array): void {
    const { protocols, options } = this.#environment;
    const bytes = state.received === undefined ? payload : Buffer.concat([state.received, payload]);
    const outcome = readHandshake(bytes, protocols, options);
    if (outcome.kind === 'incomplete') this.#state = { ...state, received: new Uint8Array(bytes) };
    else if (outcome.kind === 'refused') this.#refuse(outcome.error);
    else this.#accept(outcome.protocol, outcome.rest);
  }

  #refuse(text: string): void {
    clientHandshakeRefused(this.#environment.log, this.name, text);
    this.link.send(encodeHandshakeResponse(text), DataMessageType.Handshake);
    this.link.close('');
    this.#close('handshake refused');
  }

  #accept(protocol: ClientProtocol, rest: Uint8Array): void {
    const { dispatcher, log } = this.#environment;
    this.#protocol = protocol;
    this.#state = CONNECTING;
    this.noteSend();
    if (!this.opening.isMigrated) this.link.send(HANDSHAKE_ACCEPTED, DataMessageType.Handshake);
    clientConnected(log, this.name);
    if (rest.length > 0) this.#read(rest);
    try {
      const running = dispatcher.connected(this);
      if (running === undefined) this.#connected();
      else running.then(this.#connected.bind(this), this.#connectFailed.bind(this));
    } catch (error) {
      this.#connectFailed(error);
    }
  }

  #connected(): void {
    const state = this.#state;
    if (state === CONNECTING) this.#state = OPEN;
    else if (state === CONNECTING_GONE)
      this.#state = { name: 'leaving', deadlineTick: this.#deadline(ENDING_TIMEOUT_MS) };
    else if (state.name === 'ending') this.#state = { ...state, isConnecting: false };
    this.proceed();
  }

  #connectFailed(error: unknown): void {
    const { log, options } = this.#environment;
    hubEventFailed(log, this.name, 'onConnected', error);
    if (this.#state === CONNECTING) {
      const text = connectionClosedWithError(error, options.enableDetailedErrors);
      this.link.send(this.#encodeClose({ type: 7, error: text }), DataMessageType.Close);
      this.link.close(error instanceof Error ? error.message : String(error));
    }
    this.#close('onConnected failed');
  }

  /** Reads what came, unless something has to be waited for first. */
  #read(payload?: Uint8Array): void {
    const protocol = this.#protocol;
    if (protocol === undefined) return;
    const reader = this.#reader ?? protocol.borrowReader();
    this.#reader = reader;
    if (payload !== undefined) reader.push(payload);
    if (this.#isReadable && this.#environment.reading !== this) this.#dispatchAll(reader);
    if (this.#reader !== reader) return;
    if (reader.pendingBytes === 0) {
      this.#reader = undefined;
      protocol.returnReader(reader);
    } else if (!this.#isReadable) this.#checkWaitingBytes(reader.pendingBytes);
  }

  #dispatchAll(reader: HubMessageReader): void {
    const { dispatcher } = this.#environment;
    const outer = this.#environment.reading;
    this.#environment.reading = this;
    try {
      while (this.#isReadable) {
        const message = reader.next();
        if (message === undefined) break;
        dispatcher.dispatch(this, message);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.failInput(error.message);
    } finally {
      this.#environment.reading = outer;
    }
  }

  #checkWaitingBytes(waiting: number): void {
    const { log, options } = this.#environment;
    if (waiting <= options.maximumWaitingBytes) return;
    clientOverran(log, this.name, waiting);
    this.failInput('Too many messages wait for the hub.');
  }

  // Keeping alive

  #ping(): void {
    if (this.#protocol === undefined) return;
    this.noteSend();
    this.link.send(this.#protocol.ping, DataMessageType.Other);
  }

  // The end

  /** Everything that the client sent before it left was read. */
  #left(): void {
    this.#end(left((this.#reader?.pendingBytes ?? 0) > 0));
  }

  #end({ reason, error, goodbye, keepsWaiting }: ClientEnding): void {
    const state = this.#state;
    if (state.name === 'ending' || state.name === 'closed' || state.name === 'handshaking') return;
    if (goodbye !== undefined && this.#isReachable) {
      this.link.send(this.#encodeClose(goodbye.frame), DataMessageType.Close);
      this.link.close(goodbye.error);
    }
    const isConnecting = state.name === 'connecting';
    this.#state = { name: 'ending', error, isConnecting, deadlineTick: this.#deadline(ENDING_TIMEOUT_MS) };
    this.#reader = undefined;
    clientDisconnected(this.#environment.log, this.name, reason);
    this.#environment.unreachable(this);
    const { results } = this.#environment;
    if (this.#isHandedOver) results.clientHandedOver(this.connectionId);
    else results.clientGone(this.connectionId);
    this.context.end();
    if (this.#isHandedOver) this.#activity?.handOver();
    else this.#activity?.cancelAll(keepsWaiting);
    this.proceed();
  }

  #encodeClose(frame: CloseMessage): Uint8Array {
    return this.#protocol?.protocol.encode(frame) ?? new Uint8Array(0);
  }

  #disconnect(error: Error | undefined): void {
    const { dispatcher, log } = this.#environment;
    this.#state = CLOSED;
    const failed = (failure: unknown) => hubEventFailed(log, this.name, 'onDisconnected', failure);
    try {
      const running = dispatcher.disconnected(this, error);
      if (running !== undefined) {
        running.then(undefined, failed).then(() => this.#environment.closed(this), failed);
        return;
      }
    } catch (failure) {
      failed(failure);
    }
    this.#environment.closed(this);
  }

  /** Ends a client that no hub has heard of, or that a hub refused. */
  #close(reason: string): void {
    this.#state = CLOSED;
    this.#reader = undefined;
    clientDisconnected(this.#environment.log, this.name, reason);
    this.#environment.unreachable(this);
    this.#environment.results.clientGone(this.connectionId);
    this.#context?.end();
    this.#activity?.cancelAll(false);
    this.#environment.closed(this);
  }
}
