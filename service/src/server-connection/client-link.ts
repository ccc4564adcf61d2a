import {
  type ConnectionDataMessage,
  DataMessageType,
  FlowControlOperation,
  FlowControlTarget,
  type Header,
  packConnectionId,
  type ServiceMessage,
} from '@signalite/protocol/service';
import type { ExpectedResult, ResultRoute } from '../hub/hub-member.ts';
import type {
  AnsweredBy,
  ArrivingClient,
  ClientBeginning,
  ClientOpening,
  LinkedClient,
  MovedClient,
  ServerLink,
} from '../hub/server-link.ts';
import { type CloseReason, CloseReasons } from '../lifetime/close-reasons.ts';
import { ClientMove, type MoveOrder, type MoveOutcome } from './client-move.ts';
import { ReleasedLink } from './released-link.ts';
import type { ServerIdentity } from './server-context.ts';
import type { ServerOutbox } from './server-outbox.ts';
import { WholeMessages } from './whole-messages.ts';

const RECORD_SEPARATOR = 0x1e;

/** The server connection as its links see it. */
export interface LinkHost {
  readonly identity: ServerIdentity;
  readonly outbox: ServerOutbox;
  readonly instanceId: string;
  /** True when the app server sends one whole hub message in each ConnectionData. */
  readonly sendsWholeMessages: boolean;
  /** Its app wants its clients to go on elsewhere when it shuts down: what that takes is kept for each. */
  readonly migratesClients: boolean;
  /** Most bytes of a hub message that is held back until it is whole. */
  readonly heldBytesMax: number;
  unlink(connectionId: string): void;
}

type LinkState =
  /** The app server's handshake response is awaited; `part` is what came of it. */
  | { readonly name: 'handshaking'; readonly part: Buffer | undefined }
  | { readonly name: 'open' }
  /** The app server was asked to pause the client, so that it can go on over another connection. */
  | { readonly name: 'moving'; readonly move: ClientMove }
  | { readonly name: 'ended' };

const OPEN: LinkState = { name: 'open' };

/** One client's path over one server connection. */
export class ClientLink implements ServerLink {
  readonly #host: LinkHost;
  readonly #client: LinkedClient;
  readonly #packedId: Uint8Array;
  #whole: WholeMessages | undefined;
  #state: LinkState = { name: 'handshaking', part: undefined };
  /** Set where clients may go on with another app server. */
  #beginning: ClientBeginning | undefined;

  constructor(host: LinkHost, client: LinkedClient) {
    this.#host = host;
    this.#client = client;
    this.#packedId = packConnectionId(client.connectionId);
  }

  get connectionId(): string {
    return this.#client.connectionId;
  }

  get answeredBy(): AnsweredBy {
    const { serverId, serverConnectionId } = this.#host.identity;
    return { to: 'app-server', serverId, serverConnectionId };
  }

  open(opening: ClientOpening, handshakeRequest: Buffer): void {
    this.#announce(opening, [], handshakeRequest);
    if (this.#host.migratesClients) {
      this.#beginning = { opening, handshakeRequest: handshakeRequest.toString('latin1') };
    }
    if (this.#host.outbox.isFull) this.#client.linkPaused();
  }

  /** Carries on a client of another app server. This one keeps its handshake response for itself: the client has one. */
  takeOver({ opening, handshakeRequest, fromServerId }: ArrivingClient): void {
    this.#state = OPEN;
    const from = { name: 'Asrs-Migrate-From', values: [fromServerId] };
    this.#announce(opening, [from], Buffer.from(handshakeRequest, 'latin1'));
    if (this.#host.migratesClients) this.#beginning = { opening, handshakeRequest };
    this.#followOutbox();
  }

  /** Goes on with a client that was paused on another connection of this app server. */
  takeMoved({ beginning, held }: MovedClient): void {
    this.#state = OPEN;
    this.#beginning = beginning;
    this.#goOn(held);
  }

  /** The client in a form in which another app server can carry it on; undefined while none can. */
  get leaving(): ArrivingClient | undefined {
    const { name } = this.#state;
    const isOpen = name === 'open' || name === 'moving';
    if (!isOpen || this.#beginning === undefined || !this.#client.isMovable) return undefined;
    return { client: this.#client, fromServerId: this.#host.identity.serverId, ...this.#beginning };
  }

  /** Gives the client up to another app server. Nothing goes out for it here any more; what comes is still its own. */
  release(toServerId: string): ReleasedLink {
    // It may have answers to give, which a paused client would not get.
    this.#stay('stayed');
    this.#end();
    const headers = [{ name: 'Asrs-Migrate-To', values: [toServerId] }];
    this.#host.outbox.append({ type: 5, connectionId: this.#client.connectionId, error: '', headers });
    const whole = this.#whole ?? new WholeMessages(this.#client.hubProtocol);
    return new ReleasedLink(this.#client, whole, this.#host.heldBytesMax);
  }

  send(bytes: Uint8Array): void {
    const state = this.#state;
    if (state.name === 'open' || state.name === 'handshaking') this.#host.outbox.appendData(this.#packedId, bytes);
    else if (state.name === 'moving') this.#hold(state.move, bytes);
  }

  clientReturned(): void {
    this.#tell({ type: 38, connectionId: this.#client.connectionId });
  }

  close(error: string): void {
    if (this.#state.name === 'ended') return;
    // What it said last goes before the end.
    this.#stay('gone');
    this.#end();
    this.#host.outbox.append({ type: 5, connectionId: this.#client.connectionId, error, headers: [] });
  }

  expectResult({ invocationId, callerServerId }: ExpectedResult, connectionId: string): ResultRoute {
    if (callerServerId === this.#host.identity.serverId) return 'caller-holds-client';
    this.#tell({ type: 34, invocationId, connectionId, callerServerId, payloads: [] });
    return 'other-server';
  }

  /** The app server's hub pings its clients and times them out: only moves have a deadline here. */
  sweep(now: number): void {
    if (this.#state.name === 'moving' && this.#state.move.order.deadlineAt <= now) this.#stay('unanswered');
  }

  /** Pauses the client, to move it when the app server has answered. False: it cannot be moved now. */
  move(order: MoveOrder): boolean {
    if (this.#state.name !== 'open' || !this.#client.isMovable) return false;
    this.#state = { name: 'moving', move: new ClientMove(order) };
    this.#control(FlowControlOperation.Pause);
    this.#client.linkPaused();
    return true;
  }

  /** The app server sends nothing for the client any more, and has read all that was sent before it was asked. */
  pauseAnswered(): boolean {
    if (this.#state.name !== 'moving') return false;
    const { order, held } = this.#state.move;
    // The rest of a hub message that was begun here would come over the other connection.
    const isWhole = this.#whole === undefined || this.#whole.tailBytes === 0;
    if (!isWhole || !order.target.isAssignable || !this.#client.isMovable) {
      this.#stay('stayed');
      return true;
    }
    this.#end();
    const moved = { client: this.#client, beginning: this.#beginning, held };
    this.#client.linkReplaced(order.target.resumeClient(moved));
    order.onEnd('moved');
    return true;
  }

  /** ConnectionData of the app server for this client. */
  received({ payload, dataType, isPartial }: ConnectionDataMessage): void {
    if (this.#state.name === 'handshaking') {
      this.#readHandshakeResponse(this.#state.part, payload);
    } else if (this.#state.name !== 'ended' && payload.length > 0) {
      this.#forward(payload, this.#host.sendsWholeMessages && isPartial !== true, dataType === DataMessageType.Close);
    }
  }

  /** CloseConnection of the app server for this client. */
  closedByServer(error: string): void {
    const state = this.#state;
    if (state.name === 'ended') return;
    this.#end();
    if (state.name === 'moving') state.move.order.onEnd('gone');
    this.#client.linkClosed(error);
  }

  /** The server connection ended. */
  lost(reason: CloseReason): void {
    const state = this.#state;
    if (state.name === 'ended') return;
    this.#end();
    if (state.name === 'moving') state.move.order.onEnd('gone');
    this.#client.linkLost(reason);
  }

  /** The client ends while the server connection goes on: both sides are told. */
  dismiss(reason: CloseReason): void {
    if (this.#state.name === 'ended') return;
    this.lost(reason);
    const { connectionId } = this.#client;
    this.#host.outbox.append({ type: 5, connectionId, error: reason.serverText, headers: [] });
  }

  pause(): void {
    this.#client.linkPaused();
  }

  resume(): void {
    if (this.#state.name !== 'moving') this.#client.linkResumed();
  }

  #tell(message: ServiceMessage): void {
    if (this.#state.name === 'moving') this.#state.move.holdMessage(message);
    else if (this.#state.name !== 'ended') this.#host.outbox.append(message);
  }

  #hold(move: ClientMove, bytes: Uint8Array): void {
    move.holdBytes(bytes);
    if (move.heldBytes > this.#host.heldBytesMax) this.#stay('stayed');
  }

  /** Goes on where the client is, when it was on its way elsewhere. */
  #stay(outcome: MoveOutcome): void {
    if (this.#state.name !== 'moving') return;
    const { order, held } = this.#state.move;
    this.#state = OPEN;
    this.#goOn(held);
    order.onEnd(outcome);
  }

  #goOn(held: MovedClient['held']): void {
    this.#control(FlowControlOperation.Resume);
    for (const one of held) {
      if (one instanceof Uint8Array) this.#host.outbox.appendData(this.#packedId, one);
      else this.#host.outbox.append(one);
    }
    this.#followOutbox();
  }

  #control(operation: FlowControlOperation): void {
    const { connectionId } = this.#client;
    this.#host.outbox.append({ type: 39, connectionId, target: FlowControlTarget.Client, operation });
  }

  #followOutbox(): void {
    if (this.#host.outbox.isFull) this.#client.linkPaused();
    else this.#client.linkResumed();
  }

  #announce(opening: ClientOpening, more: readonly Header[], handshakeRequest: Uint8Array): void {
    const { connectionId, hubProtocol } = this.#client;
    const { claims, headers, queryString } = opening;
    const own = { name: 'Asrs-Instance-Id', values: [this.#host.instanceId] };
    this.#host.outbox.append({
      type: 4,
      connectionId,
      claims,
      headers: [...headers, own, ...more],
      queryString,
      protocol: hubProtocol,
    });
    this.#host.outbox.appendData(this.#packedId, handshakeRequest);
  }

  #readHandshakeResponse(part: Buffer | undefined, payload: Uint8Array): void {
    const all = part === undefined ? Buffer.from(payload) : Buffer.concat([part, payload]);
    const end = all.indexOf(RECORD_SEPARATOR) + 1;
    if (end === 0) {
      if (all.length > this.#host.heldBytesMax) this.dismiss(CloseReasons.internalError);
      else this.#state = { name: 'handshaking', part: all };
      return;
    }
    this.#state = OPEN;
    this.#client.linkAnsweredHandshake(all.subarray(0, end));
    if (end < all.length) this.#forward(all.subarray(end), false, false);
  }

  #forward(payload: Uint8Array, isWhole: boolean, isClose: boolean): void {
    if (isWhole && (this.#whole === undefined || this.#whole.tailBytes === 0)) {
      this.#client.linkReceived(payload, 1, isClose);
      return;
    }
    this.#whole ??= new WholeMessages(this.#client.hubProtocol);
    const cut = this.#whole.push(payload);
    if (cut !== undefined) this.#client.linkReceived(cut.messages, cut.count, cut.endsWithClose);
    else if (this.#whole.tailBytes > this.#host.heldBytesMax) this.dismiss(CloseReasons.internalError);
  }

  #end(): void {
    this.#state = { name: 'ended' };
    this.#host.unlink(this.#client.connectionId);
  }
}
