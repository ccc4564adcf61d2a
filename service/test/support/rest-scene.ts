import { type Service, type ServiceOptions, startService } from 'signalite';
import { type AppServerOptions, FakeAppServer } from './fake-app-server.ts';
import { type HttpAnswer, httpRequest } from './http-request.ts';
import { RawClient, type RawClientOptions } from './raw-client.ts';
import { RecordedEvents } from './recorded-events.ts';
import { makeToken, type TokenOptions } from './tokens.ts';

export const PRIMARY_KEY = 'primary-key-of-these-tests-0123456789';
export const SECONDARY_KEY = 'secondary-key-of-these-tests-01234567';

export interface RestSceneOptions extends ServiceOptions {
  /** Default mode with an app server for each of these hubs; none: Serverless. */
  readonly appServers?: readonly AppServerOptions[];
}

export interface RestCallOptions {
  /** Body as JSON, unless `body` is given. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  /** Content type of `body`. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: one that SDKs would send for the path. */
  readonly token?: Partial<TokenOptions> | string;
}

/** A service whose REST API is called. */
export class RestScene implements AsyncDisposable {
  readonly service: Service;
  readonly events: RecordedEvents;
  readonly appServers: readonly FakeAppServer[];
  readonly #clients: RawClient[] = [];

  private constructor(service: Service, events: RecordedEvents, appServers: readonly FakeAppServer[]) {
    this.service = service;
    this.events = events;
    this.appServers = appServers;
  }

  static async start({ appServers = [], timers, ...options }: RestSceneOptions = {}): Promise<RestScene> {
    const events = new RecordedEvents();
    const service = await startService({
      host: '127.0.0.1',
      port: 0,
      accessKey: PRIMARY_KEY,
      secondaryAccessKey: SECONDARY_KEY,
      serviceMode: appServers.length > 0 ? 'Default' : 'Serverless',
      onEvent: events.listener,
      timers: { sweepMs: 5, ...timers },
      ...options,
    });
    const servers = await Promise.all(appServers.map((one) => FakeAppServer.connect(service, one)));
    return new RestScene(service, events, servers);
  }

  /** A client that did its hub handshake. */
  async client(options: RawClientOptions = {}): Promise<RawClient> {
    const client = await RawClient.connect(this.service, options);
    this.#clients.push(client);
    return client;
  }

  /** `what`: method and path, `POST /api/hubs/chat/:send`. */
  async call(what: string, options: RestCallOptions = {}): Promise<HttpAnswer> {
    const [method = '', path = ''] = what.split(' ');
    const { json, body = json === undefined ? undefined : JSON.stringify(json), token } = options;
    const { type = 'application/json; charset=utf-8', headers } = options;
    const text = typeof token === 'string' ? token : await this.token(path, token);
    return httpRequest(this.service, {
      method,
      path,
      headers: {
        ...(text === '' ? {} : { authorization: `Bearer ${text}` }),
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** A token for one path, as the Management SDK writes it. */
  token(path: string, own: Partial<TokenOptions> = {}): Promise<string> {
    return makeToken({ key: PRIMARY_KEY, audience: `http://localhost${path.replace(/\?.*/, '')}`, ...own });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client[Symbol.dispose]();
    for (const server of this.appServers) server[Symbol.dispose]();
    await this.service.close();
  }
}

/** What SDKs read of an answer. */
export function outline({ status, headers }: HttpAnswer): { status: number; code: string | undefined } {
  const code = headers['x-ms-error-code'];
  return { status, code: Array.isArray(code) ? code[0] : code };
}
