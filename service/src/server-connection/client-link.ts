import {
  type ConnectionDataMessage,
  DataMessageType,
  type Header,
  packConnectionId,
} from '@signalite/protocol/service';
import type { ExpectedResult, ResultRoute } from '../hub/hub-member.ts';
import type { AnsweredBy, ArrivingClient, ClientOpening, LinkedClient, ServerLink } from '../hub/server-link.ts';
import { type CloseReason, CloseReasons } from '../lifetime/close-reasons.ts';
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

/** What another app server must hear of a client to carry it on. */
type Restart = Pick<ArrivingClient, 'opening' | 'handshakeRequest'>;

type LinkState =
  /** The app server's handshake response is awaited; `part` is what came of it. */
  | { readonly name: 'handshaking'; readonly part: Buffer | undefined }
  | { readonly name: 'open' }
  | { readonly name: 'ended' };

/** One client's path over one server connection. */
export class ClientLink implements ServerLink {
  readonly #host: LinkHost;
  readonly #client: LinkedClient;
  readonly #packedId: Uint8Array;
  #whole: WholeMessages | undefined;
  #state: LinkState = { name: 'handshaking', part: undefined };
  #restart: Restart | undefined;

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
    if (this.#host.migratesClients) this.#restart = { opening, handshakeRequest: handshakeRequest.toString('latin1') };
    if (this.#host.outbox.isFull) this.#client.linkPaused();
  }

  /** Carries on a client of another app server. This one keeps its handshake response for itself: the client has one. */
  takeOver({ opening, handshakeRequest, fromServerId }: ArrivingClient): void {
    this.#state = { name: 'open' };
    const from = { name: 'Asrs-Migrate-From', values: [fromServerId] };
    this.#announce(opening, [from], Buffer.from(handshakeRequest, 'latin1'));
    if (this.#host.migratesClients) this.#restart = { opening, handshakeRequest };
    if (this.#host.outbox.isFull) this.#client.linkPaused();
    else this.#client.linkResumed();
  }

  /** The client in a form in which another app server can carry it on; undefined while none can. */
  get leaving(): ArrivingClient | undefined {
    if (this.#state.name !== 'open' || this.#restart === undefined || !this.#client.isMovable) return undefined;
    return { client: this.#client, fromServerId: this.#host.identity.serverId, ...this.#restart };
  }

  /** Gives the client up to another app server. Nothing goes out for it here any more; what comes is still its own. */
  release(toServerId: string): ReleasedLink {
    this.#end();
    const headers = [{ name: 'Asrs-Migrate-To', values: [toServerId] }];
    this.#host.outbox.append({ type: 5, connectionId: this.#client.connectionId, error: '', headers });
    const whole = this.#whole ?? new WholeMessages(this.#client.hubProtocol);
    return new ReleasedLink(this.#client, whole, this.#host.heldBytesMax);
  }

  send(bytes: Uint8Array): void {
    if (this.#state.name !== 'ended') this.#host.outbox.appendData(this.#packedId, bytes);
  }

  clientReturned(): void {
    if (this.#state.name === 'ended') return;
    this.#host.outbox.append({ type: 38, connectionId: this.#client.connectionId });
  }

  close(error: string): void {
    if (this.#state.name === 'ended') return;
    this.#end();
    this.#host.outbox.append({ type: 5, connectionId: this.#client.connectionId, error, headers: [] });
  }

  expectResult({ invocationId, callerServerId }: ExpectedResult, connectionId: string): ResultRoute {
    if (callerServerId === this.#host.identity.serverId) return 'caller-holds-client';
    this.#host.outbox.append({ type: 34, invocationId, connectionId, callerServerId, payloads: [] });
    return 'other-server';
  }

  sweep(): void {
    // The app server's hub pings its clients and times them out.
  }

  /** ConnectionData of the app server for this client. */
  received({ payload, dataType, isPartial }: ConnectionDataMessage): void {
    if (this.#state.name === 'handshaking') {
      this.#readHandshakeResponse(this.#state.part, payload);
    } else if (this.#state.name === 'open' && payload.length > 0) {
      this.#forward(payload, this.#host.sendsWholeMessages && isPartial !== true, dataType === DataMessageType.Close);
    }
  }

  /** CloseConnection of the app server for this client. */
  closedByServer(error: string): void {
    if (this.#state.name === 'ended') return;
    this.#end();
    this.#client.linkClosed(error);
  }

  /** The server connection ended. */
  lost(reason: CloseReason): void {
    if (this.#state.name === 'ended') return;
    this.#end();
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
    this.#client.linkResumed();
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
    this.#state = { name: 'open' };
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
