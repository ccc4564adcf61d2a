import { randomBytes, randomUUID } from 'node:crypto';
import { AppServer, type ServerHandshake } from './peers/app-server.ts';
import { type EventStream, openEventStream } from './peers/event-stream.ts';
import { bearer, call, type HttpAnswer, type HttpCall, json } from './peers/http.ts';
import { HubClient } from './peers/hub-client.ts';
import { Negotiated } from './peers/negotiated.ts';
import { type UpstreamHub, UpstreamListener } from './peers/upstream-listener.ts';
import { openSocket, type Socket } from './peers/web-socket.ts';
import { requireEqual } from './require.ts';
import type { Target } from './target.ts';
import { CouldNotTest } from './violation.ts';
import type { HubProtocolName } from './wire/hub-protocol.ts';
import { type ServiceMessage, ServiceType } from './wire/service-message.ts';
import type { TokenPayload } from './wire/token.ts';

/** How a client comes. */
export interface ClientOptions {
  readonly protocol?: HubProtocolName;
  readonly claims?: TokenPayload;
  /** Further query of the client's URL, without `?` or `&` in front. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly hub?: string;
}

export interface ServerOptions extends ServerHandshake {
  readonly hub?: string;
  readonly serverId?: string;
  /** Further query of the server's URL, without `&` in front. */
  readonly query?: string;
}

/** An app server's client, handshake done on both sides. */
export interface Pair {
  readonly client: HubClient;
  /** The OpenConnection that announced it. */
  readonly opened: ServiceMessage;
}

/**
 * What one check plays on: a hub of its own, and peers that end with it. Checks never meet: they run side by side.
 */
export class Stage implements AsyncDisposable {
  readonly target: Target;
  readonly hub = `check${randomBytes(6).toString('hex')}`;
  readonly #sockets: Socket[] = [];
  readonly #others: (() => unknown)[] = [];

  constructor(target: Target) {
    this.target = target;
  }

  /** Runs something when the check is over. */
  after(action: () => unknown): void {
    this.#others.push(action);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.drop();
    for (const action of this.#others) await action();
  }

  /** Negotiates with the service itself (client-protocol 5.3). */
  negotiate({ hub = this.hub, claims = {}, query = '', headers = {} }: ClientOptions = {}): Promise<HttpAnswer> {
    const token = this.target.clientToken(hub, claims);
    const more = query === '' ? '' : `&${query}`;
    const url = this.target.clientUrl(`/client/negotiate?hub=${hub}&negotiateVersion=1${more}`);
    return call(url, { method: 'POST', headers: { ...bearer(token), ...headers } });
  }

  /** A negotiated connection whose transport is still to come. */
  async negotiated(options: ClientOptions = {}): Promise<Negotiated> {
    const { hub = this.hub, claims = {}, query = '', headers = {} } = options;
    const answer = await this.negotiate(options);
    if (answer.status !== 200) throw new CouldNotTest(`Negotiate was answered with ${answer.status}: ${answer.text}`);
    const { connectionId, connectionToken } = json(answer);
    const more = query === '' ? '' : `&${query}`;
    const path = `/client/?hub=${hub}&id=${encodeURIComponent(String(connectionToken))}${more}`;
    const ids = { connectionId: String(connectionId), connectionToken: String(connectionToken) };
    return new Negotiated(this.target.clientUrl(path), ids, { token: this.target.clientToken(hub, claims), headers });
  }

  /** Server-Sent Events that end with the check. */
  async events(
    { url, headers }: Pick<Negotiated, 'url' | 'headers'>,
    more: Readonly<Record<string, string>> = {},
  ): Promise<EventStream> {
    const stream = await openEventStream(url, { ...headers, ...more });
    this.after(() => stream.drop());
    return stream;
  }

  /** A negotiated client over a WebSocket; its hub handshake is still to come. */
  async client(options: ClientOptions = {}): Promise<HubClient> {
    const { protocol = 'json' } = options;
    const { url, headers, connectionId } = await this.negotiated(options);
    return new HubClient(await this.socket(url, headers), { protocol, connectionId });
  }

  /** A WebSocket that ends with the check. */
  async socket(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Socket> {
    const socket = await openSocket(url, headers);
    this.#sockets.push(socket);
    return socket;
  }

  /** A server connection whose handshake is still to come. */
  async bareServer({
    hub = this.hub,
    serverId = `server-${randomUUID()}`,
    query = '',
  }: ServerOptions = {}): Promise<AppServer> {
    const serverConnectionId = randomUUID();
    const more = query === '' ? '' : `&${query}`;
    const url = this.target.serverUrl(`/server/?hub=${hub}&cid=${serverConnectionId}${more}`);
    const headers = { ...bearer(this.target.serverToken(hub, serverId)), 'X-ASRS-Server-Id': serverId };
    return new AppServer(await this.socket(url, headers), { serverId, serverConnectionId });
  }

  /** A server connection, ready for clients. */
  async server(options: ServerOptions = {}): Promise<AppServer> {
    const server = await this.bareServer(options);
    server.sendHandshake(options);
    await server.shaken();
    return server;
  }

  /** A client of `server`, greeted by it. Needs Default or Classic mode. */
  async join(server: AppServer, options: ClientOptions = {}): Promise<Pair> {
    const client = await this.client(options);
    client.sendHandshake();
    const opened = await server.nextOf(ServiceType.OpenConnection, client.connectionId);
    await server.nextOf(ServiceType.ConnectionData, client.connectionId);
    server.answerHandshake(client.connectionId);
    await client.shaken();
    return { client, opened };
  }

  /** A client that the service itself greets. Needs Serverless mode. */
  async serverlessClient(options: ClientOptions = {}): Promise<HubClient> {
    const client = await this.client(options);
    client.sendHandshake();
    await client.shaken();
    return client;
  }

  /** The upstream's side of this hub. Needs the feature `upstream`. */
  async upstream(): Promise<UpstreamHub> {
    const { upstreamUrl } = this.target.options;
    if (upstreamUrl === undefined) throw new CouldNotTest('The target has no upstream here: see --upstream.');
    return (await UpstreamListener.at(upstreamUrl)).hub(this.hub);
  }

  /** A REST call with a token made for its path. `path` begins with `/api/`. */
  rest(path: string, options: HttpCall & { readonly claims?: TokenPayload } = {}): Promise<HttpAnswer> {
    const { claims = {}, headers = {}, ...rest } = options;
    const token = this.target.restToken(path.split('?')[0] ?? path, claims);
    const content = rest.body === undefined ? {} : { 'Content-Type': 'application/json' };
    return call(this.target.serverUrl(path), { ...rest, headers: { ...bearer(token), ...content, ...headers } });
  }

  /** Requires a status of a REST call, and gives its answer. */
  async restOk(path: string, status: number, options: HttpCall = {}): Promise<HttpAnswer> {
    const answer = await this.rest(path, options);
    requireEqual(`${options.method ?? 'GET'} ${path}: status`, answer.status, status);
    return answer;
  }
}
