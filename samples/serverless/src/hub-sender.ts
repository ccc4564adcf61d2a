import type { ServiceAddress } from './service-address.ts';
import { signToken } from './sign-token.ts';

/** Who a message goes to; everybody when nothing is said. */
export type Audience =
  | { readonly user: string }
  /** `except`: connection ids. */
  | { readonly group: string; readonly except?: readonly string[] };

/** What the app asks of the service: `Client` has the methods of the pages. */
export interface HubSender<Client> {
  /** Resolves when the service has accepted the message. */
  send<M extends keyof Client & string>(call: Call<Client, M>, to?: Audience): Promise<void>;
  /** All connections of the user, now and later, until the time is over. */
  addUserToGroup(user: string, group: string, seconds: number): Promise<void>;
}

export interface Call<Client, M extends keyof Client> {
  readonly target: M;
  readonly arguments: Client[M] extends (...args: infer A) => unknown ? A : never;
}

export interface HubSenderOptions {
  readonly service: ServiceAddress;
  readonly hub: string;
  /** Default: the one of Node. */
  readonly fetch?: typeof globalThis.fetch;
}

const API_VERSION = '2022-06-01';
const DEADLINE_MS = 5_000;

/** Sends by the REST API (rest-api 4.1): a POST or PUT with a token of its own, and no connection to keep. */
export function createHubSender<Client>({
  service,
  hub,
  fetch = globalThis.fetch,
}: HubSenderOptions): HubSender<Client> {
  const request = async (method: 'POST' | 'PUT', path: string, query: URLSearchParams, body?: unknown) => {
    const url = `${service.restUrl}api/hubs/${hub}${path}`;
    const token = await signToken({ accessKey: service.accessKey, audience: url, expiresIn: '5m' });
    query.set('api-version', API_VERSION);
    const response = await fetch(`${url}?${query}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The service answered ${method} ${path} with status ${response.status}.`);
  };
  return {
    send: (call, to) => request('POST', `${pathOf(to)}/:send`, exclusionsOf(to), call),
    addUserToGroup: (user, group, seconds) =>
      request('PUT', `${pathOf({ user })}${pathOf({ group })}`, new URLSearchParams({ ttl: String(seconds) })),
  };
}

function pathOf(to: Audience | undefined): string {
  if (to === undefined) return '';
  return 'user' in to ? `/users/${encodeURIComponent(to.user)}` : `/groups/${encodeURIComponent(to.group)}`;
}

function exclusionsOf(to: Audience | undefined): URLSearchParams {
  const except = to !== undefined && 'group' in to ? (to.except ?? []) : [];
  return new URLSearchParams(except.map((connectionId): [string, string] => ['excluded', connectionId]));
}
