// What the Management SDK says on the wire, over either transport (rest-api 2.2, 4.4, 9).
import { encode } from '@msgpack/msgpack';
import { parseConnectionString } from '@signalite/protocol';
import type { ServiceMessage } from '@signalite/protocol/service';
import { FakeAppServer } from './fake-app-server.ts';
import { httpRequest } from './http-request.ts';
import { call, payloadsOf } from './payloads.ts';
import type { ServiceAddress } from './service-address.ts';
import { makeToken } from './tokens.ts';

const WEAK = 2;
const ACK_OK = 1;
const VERSION = 'api-version=2022-06-01';

export type ManagementTarget =
  | { readonly to: 'all'; readonly except: readonly string[] }
  | { readonly to: 'group'; readonly group: string; readonly except: readonly string[] }
  | { readonly to: 'connections' | 'users' | 'groups'; readonly names: readonly string[] };

export type Existence = 'connection' | 'user' | 'group';

/** The part of ServiceHubContext that reaches the service. */
export interface ManagementClient extends Disposable {
  send(target: ManagementTarget, text: string): Promise<void>;
  join(connectionId: string, group: string): Promise<void>;
  /** No group: all of them. */
  leave(connectionId: string, group?: string): Promise<void>;
  joinUser(userId: string, group: string, ttlSeconds?: number): Promise<void>;
  /** No group: all of them. */
  leaveUser(userId: string, group?: string): Promise<void>;
  isUserInGroup(userId: string, group: string): Promise<boolean>;
  exists(what: Existence, name: string): Promise<boolean>;
  close(connectionId: string, reason?: string): Promise<void>;
}

export interface TransientOptions {
  readonly hub: string;
  readonly application?: string;
  /** The app added hub protocols: the SDK serializes for each of them. */
  readonly sendsPayloads?: boolean;
}

type Query = readonly (readonly [name: string, value: string])[];

/** Calls REST as the SDK does without server connections. */
export class TransientClient implements ManagementClient {
  readonly #service: ServiceAddress;
  readonly #options: TransientOptions;

  constructor(service: ServiceAddress, options: TransientOptions) {
    this.#service = service;
    this.#options = options;
  }

  async send(target: ManagementTarget, text: string): Promise<void> {
    const paths = pathsOf(target);
    const except: Query = 'except' in target ? target.except.map((id) => ['excluded', id]) : [];
    await Promise.all(
      paths.map((path) => this.#call('POST', `${path}/:send`, { query: except, body: this.#bodyOf(text) })),
    );
  }

  async join(connectionId: string, group: string): Promise<void> {
    await this.#call('PUT', `/groups/${escaped(group)}/connections/${escaped(connectionId)}`, {
      expected: 'Error.Connection.NotExisted',
    });
  }

  async leave(connectionId: string, group?: string): Promise<void> {
    const path = group === undefined ? `/connections/${escaped(connectionId)}/groups` : undefined;
    await this.#call('DELETE', path ?? `/groups/${escaped(group ?? '')}/connections/${escaped(connectionId)}`);
  }

  async joinUser(userId: string, group: string, ttlSeconds?: number): Promise<void> {
    const query: Query = ttlSeconds === undefined ? [] : [['ttl', String(ttlSeconds)]];
    await this.#call('PUT', `/users/${escaped(userId)}/groups/${escaped(group)}`, { query });
  }

  async leaveUser(userId: string, group?: string): Promise<void> {
    await this.#call('DELETE', `/users/${escaped(userId)}/groups${group === undefined ? '' : `/${escaped(group)}`}`);
  }

  isUserInGroup(userId: string, group: string): Promise<boolean> {
    const path = `/users/${escaped(userId)}/groups/${escaped(group)}`;
    return this.#call('GET', path, { expected: 'Info.User.NotInGroup' });
  }

  exists(what: Existence, name: string): Promise<boolean> {
    const scope = { connection: 'Connection', user: 'User', group: 'Group' }[what];
    return this.#call('HEAD', `/${what}s/${escaped(name)}`, { expected: `Warning.${scope}.NotExisted` });
  }

  async close(connectionId: string, reason?: string): Promise<void> {
    const query: Query = reason === undefined ? [] : [['reason', reason]];
    const path = `/connections/${escaped(connectionId)}`;
    await this.#call('DELETE', path, { query, expected: 'Warning.Connection.NotExisted' });
  }

  [Symbol.dispose](): void {
    // Nothing is open.
  }

  #bodyOf(text: string): { readonly type: string; readonly bytes: Uint8Array } {
    if (this.#options.sendsPayloads === true) {
      const payloads = call('m', text).map(({ protocol, data }) => [protocol, data] as const);
      return { type: 'application/octet-stream', bytes: encode(Object.fromEntries(payloads)) };
    }
    const json = JSON.stringify({ Target: 'm', Arguments: [text] });
    return { type: 'application/json; charset=utf-8', bytes: Buffer.from(json) };
  }

  /** False: 404 with the code that is expected. Whatever else is no success is an exception of the SDK. */
  async #call(
    method: string,
    path: string,
    {
      query = [],
      body,
      expected,
    }: { query?: Query; body?: { type: string; bytes: Uint8Array }; expected?: string } = {},
  ): Promise<boolean> {
    const { hub, application } = this.#options;
    const base: Query = application === undefined ? [] : [['application', application.toLowerCase()]];
    const whole = `/api/hubs/${hub.toLowerCase()}${path}?${queryText(base)}${VERSION}`;
    const token = await makeToken({ key: keyOf(this.#service), audience: `http://localhost${whole}` });
    const { status, headers } = await httpRequest(this.#service, {
      method,
      path: `/api/hubs/${hub.toLowerCase()}${path}?${queryText([...base, ...query])}${VERSION}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': body.type, 'transfer-encoding': 'chunked' }),
      },
      ...(body === undefined ? {} : { body: body.bytes }),
    });
    if (status >= 200 && status < 300) return true;
    if (status === 404 && headers['x-ms-error-code'] === expected) return false;
    throw new Error(`${method} ${path} was answered with ${status}`);
  }
}

/** Uses a server connection of the weak type, as the SDK does in persistent mode. */
export class PersistentClient implements ManagementClient {
  readonly #server: FakeAppServer;
  #acks = 0;

  private constructor(server: FakeAppServer) {
    this.#server = server;
  }

  static async connect(service: ServiceAddress, hub: string): Promise<PersistentClient> {
    return new PersistentClient(await FakeAppServer.connect(service, { hub, connectionType: WEAK, generation: 'old' }));
  }

  async send(target: ManagementTarget, text: string): Promise<void> {
    this.#server.send(sendOf(target, text));
  }

  async join(connectionId: string, group: string): Promise<void> {
    await this.#ask((ackId) => ({ type: 18, connectionId, group, ackId }));
  }

  async leave(connectionId: string, group?: string): Promise<void> {
    await this.#ask((ackId) => ({ type: 19, connectionId, ...(group === undefined ? {} : { group }), ackId }));
  }

  async joinUser(userId: string, group: string, ttlSeconds?: number): Promise<void> {
    const ttl = ttlSeconds === undefined ? {} : { ttlSeconds };
    await this.#ask((ackId) => ({ type: 26, userId, group, ...ttl, ackId }));
  }

  async leaveUser(userId: string, group?: string): Promise<void> {
    await this.#ask((ackId) => ({ type: 27, userId, ...(group === undefined ? {} : { group }), ackId }));
  }

  isUserInGroup(userId: string, group: string): Promise<boolean> {
    return this.#ask((ackId) => ({ type: 21, userId, group, ackId }));
  }

  exists(what: Existence, name: string): Promise<boolean> {
    return this.#ask((ackId) => {
      if (what === 'connection') return { type: 24, connectionId: name, ackId };
      return what === 'user' ? { type: 25, userId: name, ackId } : { type: 23, group: name, ackId };
    });
  }

  async close(connectionId: string, reason = ''): Promise<void> {
    this.#server.send({ type: 5, connectionId, error: reason, headers: [] });
  }

  [Symbol.dispose](): void {
    this.#server[Symbol.dispose]();
  }

  async #ask(question: (ackId: number) => ServiceMessage): Promise<boolean> {
    this.#acks += 1;
    this.#server.send(question(this.#acks));
    return (await this.#server.ack(this.#acks)) === ACK_OK;
  }
}

function sendOf(target: ManagementTarget, text: string): ServiceMessage {
  const payloads = payloadsOf({ type: 1, target: 'm', arguments: [text] });
  switch (target.to) {
    case 'all':
      return { type: 10, excludedConnectionIds: target.except, payloads };
    case 'group':
      return { type: 13, group: target.group, excludedConnectionIds: target.except, excludedUserIds: [], payloads };
    case 'connections':
      return { type: 7, connectionIds: target.names, payloads };
    case 'users':
      return { type: 9, userIds: target.names, payloads };
    case 'groups':
      return { type: 14, groups: target.names, payloads };
  }
}

/** One call for each name. */
function pathsOf(target: ManagementTarget): readonly string[] {
  if (target.to === 'all') return [''];
  if (target.to === 'group') return [`/groups/${escaped(target.group)}`];
  return target.names.map((name) => `/${target.to}/${escaped(name)}`);
}

/** As .NET escapes one segment. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function queryText(query: Query): string {
  return query.map(([name, value]) => `${name}=${escaped(value)}&`).join('');
}

function keyOf({ connectionString }: ServiceAddress): string {
  const { auth } = parseConnectionString(connectionString);
  if (auth.kind !== 'access-key') throw new Error('an access key is needed');
  return auth.accessKey;
}
