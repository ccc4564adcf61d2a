import type { Duplex } from 'node:stream';
import type { ProtocolError } from '@signalite/protocol';
import {
  type DecodedServiceMessage,
  FlowControlOperation,
  FlowControlTarget,
  MigrationLevel,
  ServerConnectionType,
  ServiceEventKind,
  ServiceEventObject,
  type ServiceMessage,
  targetPing,
} from '@signalite/protocol/service';
import type { RawData, WebSocket } from 'ws';
import type { ResultOutcome } from '../hub/client-results.ts';
import type { HubLane } from '../hub/hub-operations.ts';
import type {
  ArrivingClient,
  HubServer,
  LinkedClient,
  MovedClient,
  ResultAddress,
  ServerLink,
} from '../hub/server-link.ts';
import { type CloseReason, CloseReasons } from '../lifetime/close-reasons.ts';
import type { LinkHost } from './client-link.ts';
import { ClientLinks, type IncomingLink } from './client-links.ts';
import { ClientMigration } from './client-migration.ts';
import { writeResult } from './client-result-messages.ts';
import { NOT_IN_SERVERLESS } from './handshake.ts';
import { IgnoredMessages } from './ignored-messages.ts';
import { Liveness } from './liveness.ts';
import { handleMessage } from './message-handlers.ts';
import type { MessageHost } from './message-host.ts';
import { MessagePump, type PumpOwner } from './message-pump.ts';
import type { ServerContext, ServerIdentity } from './server-context.ts';
import { type OutboxOwner, ServerOutbox } from './server-outbox.ts';
import type { ServerState, ServerTraits } from './state.ts';

const NORMAL_CLOSURE = 1000;
// `ws` writes the close frame itself, with code 1009: nothing may follow it.
const FRAME_TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
const KEEP_ALIVE: ServiceMessage = { type: 3, values: [] };

/** One app server's connection (service-protocol 3-8). Its messages are handled strictly in order. */
export class ServerConnection implements HubServer, LinkHost, MessageHost, OutboxOwner, PumpOwner {
  readonly identity: ServerIdentity;
  readonly context: ServerContext;
  readonly outbox: ServerOutbox;
  readonly ignored = new IgnoredMessages();
  readonly lane: HubLane;
  readonly #webSocket: WebSocket;
  readonly #pump: MessagePump;
  readonly #links: ClientLinks;
  #state: ServerState;
  #liveness: Liveness;

  constructor(
    identity: ServerIdentity,
    { webSocket, socket }: { webSocket: WebSocket; socket: Duplex },
    context: ServerContext,
  ) {
    this.identity = identity;
    this.context = context;
    this.lane = context.hub.openLane();
    this.#links = new ClientLinks(this, context);
    this.#webSocket = webSocket;
    this.#pump = new MessagePump(this, context.limits.serviceMessageBytes);
    this.outbox = new ServerOutbox(socket, this, {
      endOfTurn: context.endOfTurn,
      traffic: context.hub.traffic,
      maxBytes: context.limits.serverQueueBytes,
    });
    const now = context.now();
    this.#liveness = new Liveness(now, context.timers.serverPingMs);
    this.#state = { name: 'handshaking', deadlineAt: now + context.timers.serverHandshakeMs };
  }

  /** Starts to listen; `onClosed` comes once, when the socket is gone. */
  open(onClosed: () => void): void {
    this.#webSocket.on('message', (data: RawData) => {
      if (Buffer.isBuffer(data)) this.#received(data);
    });
    // `close` follows and says all that matters, but for a frame that `ws` refused.
    this.#webSocket.on('error', (error) => {
      if (isTooLarge(error)) this.#ended(this.#malformed(error), CloseReasons.serverConnectionLost);
    });
    this.#webSocket.on('close', () => {
      this.#ended('The app server closed the connection.', CloseReasons.serverConnectionLost);
      this.#state = { name: 'closed' };
      onClosed();
    });
  }

  get serverId(): string {
    return this.identity.serverId;
  }

  get serverConnectionId(): string {
    return this.identity.serverConnectionId;
  }

  get instanceId(): string {
    return this.context.instanceId;
  }

  get heldBytesMax(): number {
    return this.context.limits.clientQueueBytes;
  }

  get clientCount(): number {
    return this.#links.count;
  }

  get state(): ServerState {
    return this.#state;
  }

  get isAssignable(): boolean {
    return (
      this.#state.name === 'open' &&
      this.#state.leaving === undefined &&
      this.#state.traits.type !== ServerConnectionType.Weak
    );
  }

  get allowsStatefulReconnect(): boolean {
    return this.#state.name === 'open' && this.#state.traits.allowStatefulReconnects;
  }

  get sendsWholeMessages(): boolean {
    return this.#state.name === 'open' && this.#state.traits.generation === 'new';
  }

  get migratesClients(): boolean {
    return this.#state.name === 'open' && this.#state.traits.migrationLevel !== MigrationLevel.Off;
  }

  get hasGivenClientsAway(): boolean {
    return this.#state.name === 'open' && this.#state.leaving?.clients === 'migrate';
  }

  // Clients

  openLink(client: LinkedClient): ServerLink {
    return this.#links.add(client);
  }

  takeOver(arriving: ArrivingClient): ServerLink {
    return this.#links.takeOver(arriving);
  }

  /** Where what the app server sends for a client goes, when the client belongs to this connection or did. */
  link(connectionId: string): IncomingLink | undefined {
    return this.#links.find(connectionId);
  }

  get canMoveClients(): boolean {
    return this.isAssignable && this.sendsWholeMessages && !this.outbox.isFull && this.#links.moves.isPossible;
  }

  moveClients(to: HubServer, count: number): void {
    this.#links.moves.begin(to, count);
  }

  resumeClient(moved: MovedClient): ServerLink {
    return this.#links.takeMoved(moved);
  }

  pauseAnswered(connectionId: string): boolean {
    return this.#links.pauseAnswered(connectionId);
  }

  requestConnection(): void {
    const { events, hub, instanceId } = this.context;
    const { serverId, serverConnectionId } = this;
    this.outbox.append(targetPing(instanceId));
    events.emit({ name: 'serverConnectionRequested', hub: hub.key, serverId, serverConnectionId });
  }

  unlink(connectionId: string): void {
    this.#links.remove(connectionId);
  }

  dismissClients(reason: CloseReason): void {
    this.#links.dismissAll(reason);
  }

  answerResult(address: ResultAddress, outcome: ResultOutcome): void {
    writeResult(this.outbox, address, outcome);
  }

  // Life

  /** The handshake is done: clients may come. */
  opened(traits: ServerTraits): void {
    this.#state = { name: 'open', traits, leaving: undefined };
    this.#liveness = new Liveness(this.context.now(), this.context.timers.serverPingMs);
    this.context.hub.servers.add(this);
  }

  leave(): void {
    if (this.#state.name === 'open')
      this.#state = { ...this.#state, leaving: this.#state.leaving ?? { clients: 'stay' } };
  }

  migrateClients(): void {
    // Who did not ask for it in the handshake would not know what to do.
    if (this.#state.name !== 'open' || !this.migratesClients) return;
    let { leaving } = this.#state;
    if (leaving?.clients !== 'migrate') {
      const migration = new ClientMigration({ serverId: this.serverId, links: this.#links, ...this.context });
      leaving = { clients: 'migrate', migration };
      this.#state = { ...this.#state, leaving };
    }
    leaving.migration.run();
  }

  /** The mode changed to one without app servers: weak connections stay, this one goes unless it is one. */
  refuseAsAppServer(): void {
    if (this.#state.name !== 'open' || this.#state.traits.type === ServerConnectionType.Weak) return;
    this.close(NOT_IN_SERVERLESS, CloseReasons.serviceModeChanged, NOT_IN_SERVERLESS);
  }

  /** Ends the connection after what waits: `error`, when given, is sent as a ServiceError first. */
  close(log: string, clients: CloseReason, error?: string): void {
    if (!this.#isAlive) return;
    if (error !== undefined) this.outbox.append({ type: 15, message: error });
    this.#ended(log, clients);
    this.outbox.close();
    this.#webSocket.close(NORMAL_CLOSURE);
  }

  /**
   * The service stops: SDKs that know the word send nothing more here, and are told before the end comes. An `offline`
   * ping is for instances that died: all clients of this one were told one by one, and end with the connection anyhow.
   */
  closeWithService(log: string, clients: CloseReason): void {
    if (this.sendsWholeMessages) {
      const { serverConnectionId: connectionId } = this;
      const operation = FlowControlOperation.Offline;
      this.outbox.append({ type: 39, connectionId, target: FlowControlTarget.Server, operation });
    }
    this.close(log, clients);
  }

  /** Ends the socket at once. */
  drop(log = 'The service stops.'): void {
    this.#ended(log, CloseReasons.serverConnectionLost);
    this.#webSocket.terminate();
  }

  /** Looks at the deadlines of the present state, and pings. */
  sweep(now: number): void {
    const state = this.#state;
    if (state.name === 'closing' || state.name === 'handshaking') {
      if (state.deadlineAt <= now) this.drop('No handshake request came in time.');
    } else if (state.name === 'open') {
      if (this.#liveness.isSilent(now, this.context.timers.serverSilenceMs)) {
        this.drop('The app server was silent for too long.');
      } else if (this.#liveness.takePing(now, this.context.timers.serverPingMs)) {
        this.outbox.append(KEEP_ALIVE);
      }
      this.#links.sweep(now);
      if (state.leaving?.clients === 'migrate') state.leaving.migration.run();
    }
  }

  outboxFilled(queuedBytes: number): void {
    const { events, hub } = this.context;
    // Neither its clients nor its own requests for answers may fill it further.
    this.#webSocket.pause();
    // Its silence begins now: what it says is not read.
    this.#liveness.heard(this.context.now());
    this.#links.pauseAll();
    // The last word for now: newer SDKs make a line in the app's log of it (service-protocol 12.5).
    this.outbox.append({
      type: 22,
      objectType: ServiceEventObject.ServerConnection,
      id: this.serverConnectionId,
      kind: ServiceEventKind.BufferFull,
      message: 'The app server reads too slowly: its clients are not read until it has caught up.',
    });
    events.emit({ name: 'serverFlowStopped', hub: hub.key, serverConnectionId: this.serverConnectionId, queuedBytes });
  }

  outboxDrained(): void {
    const { events, hub } = this.context;
    this.#liveness.heard(this.context.now());
    this.#webSocket.resume();
    this.#links.resumeAll();
    events.emit({ name: 'serverFlowResumed', hub: hub.key, serverConnectionId: this.serverConnectionId });
    this.#pump.resume();
  }

  // Messages of the app server

  get takesMessages(): boolean {
    return this.#isAlive && !this.outbox.isFull;
  }

  handle(message: DecodedServiceMessage): void {
    handleMessage(this, message);
  }

  refuse(error: ProtocolError): void {
    this.close(this.#malformed(error), CloseReasons.serverConnectionLost, error.message);
  }

  /** Tells it, and gives the sentence for the log. */
  #malformed({ message: reason }: Error): string {
    const { events, hub } = this.context;
    events.emit({ name: 'serverMessageMalformed', hub: hub.key, serverConnectionId: this.serverConnectionId, reason });
    return `A service message could not be read: ${reason}`;
  }

  get #isAlive(): boolean {
    return this.#state.name === 'open' || this.#state.name === 'handshaking';
  }

  #received(chunk: Buffer): void {
    this.#liveness.heard(this.context.now());
    // What comes after the end is nobody's, and is not kept.
    if (this.#isAlive) this.#pump.push(chunk);
  }

  #ended(reason: string, clients: CloseReason): void {
    if (!this.#isAlive) return;
    const { events, hub, now, timers } = this.context;
    const { serverId, serverConnectionId } = this.identity;
    this.#state = { name: 'closing', deadlineAt: now() + timers.closeMs };
    events.emit({
      name: 'serverClosed',
      hub: hub.key,
      serverId,
      serverConnectionId,
      reason,
      clients: this.#links.count,
    });
    hub.servers.remove(this);
    this.#links.loseAll(clients);
  }
}

function isTooLarge(error: Error): boolean {
  return 'code' in error && error.code === FRAME_TOO_LARGE;
}
