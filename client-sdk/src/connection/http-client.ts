import { USER_AGENT_HEADER } from '#web-socket';
import { SignalRClientError } from '../errors.ts';
import type { AccessToken } from './access-token.ts';
import { type ConnectionOptions, DEFAULT_REQUEST_TIMEOUT_MS } from './connection-options.ts';
import { withDeadline } from './deadline.ts';
import { headersWith } from './headers-with.ts';

// Requests with the token, the headers and the deadline of one connection (client-protocol 1.2).

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asks the app for a new token. Default: only when there is none yet, or after a 401. */
  readonly needsFreshToken?: boolean;
  /** Default: `requestTimeoutMs` of the connection. */
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

export interface HttpClient {
  readonly token: AccessToken;
  /** Headers of the app and of this client, for a WebSocket too. */
  readonly headers: Readonly<Record<string, string>>;
  /** `withDeadline` with the time that the options give. */
  inTime<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Resolves when the answer is there, its body not yet read. */
  fetch(request: HttpRequest, signal: AbortSignal): Promise<Response>;
  /** Resolves with the whole answer, whatever its status. Rejects with `request-failed` or `request-timeout`. */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
}

export function createHttpClient(options: ConnectionOptions, token: AccessToken): HttpClient {
  const { requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS, withCredentials = true } = options;
  const headers = { ...USER_AGENT_HEADER, ...options.headers };

  async function send({ method, url, body, headers: more }: HttpRequest, signal: AbortSignal, bearer?: string) {
    const all = headersWith(bearer, { 'X-Requested-With': 'XMLHttpRequest', ...headers, ...more });
    const credentials = withCredentials ? 'include' : 'same-origin';
    try {
      return await fetch(url, { method, headers: all, credentials, signal, ...(body && { body }) });
    } catch (error) {
      signal.throwIfAborted();
      throw new SignalRClientError('request-failed', `${describe(method, url)} got no answer.`, { cause: error });
    }
  }

  const client: HttpClient = {
    token,
    headers,
    inTime: (signal, work) => withDeadline(requestTimeoutMs, signal, work),
    async fetch(request, signal) {
      const { needsFreshToken = false } = request;
      const mayRetry = !needsFreshToken && token.isStale();
      const response = await send(request, signal, await token.read(needsFreshToken));
      if (response.status !== 401 || !mayRetry) return response;
      await response.body?.cancel();
      return send(request, signal, await token.read(true));
    },
    request: (request, signal) =>
      withDeadline(request.timeoutMs ?? requestTimeoutMs, signal, async (deadline) => {
        const response = await client.fetch(request, deadline);
        return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
      }),
  };
  return client;
}

const SHOWN_TEXT_CHARACTERS = 200;

/** The error for an answer that refuses `request`: what the server says about it is the best help there is. */
export function refusal({ method, url }: HttpRequest, { status, bytes }: HttpAnswer): SignalRClientError {
  const text = new TextDecoder().decode(bytes).slice(0, SHOWN_TEXT_CHARACTERS);
  return new SignalRClientError('request-failed', `${describe(method, url)} was answered with ${status}. ${text}`, {
    status,
  });
}

/** Queries may hold tokens and secret ids: they are for no text. */
function describe(method: string, url: string): string {
  return `${method} ${url.split('?')[0]}`;
}
