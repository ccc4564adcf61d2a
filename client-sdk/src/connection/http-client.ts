import { USER_AGENT_HEADER } from '#web-socket';
import { SignalRClientError, type SignalRClientErrorCode } from '../errors.ts';
import { type AccessToken, createAccessToken } from './access-token.ts';
import { type ConnectionOptions, DEFAULT_REQUEST_TIMEOUT_MS } from './connection-options.ts';
import { withDeadline } from './deadline.ts';
import { headersWith } from './headers-with.ts';

// Requests with the token, the headers and the deadline of one connection (client-protocol 1.2).

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly body?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asks the app for a new token. Default: only when there is none yet, or after a 401. */
  readonly isFresh?: boolean;
  /** Of the error when the request fails. Default `request-failed`. */
  readonly code?: SignalRClientErrorCode;
}

/** Reads an answer with a good status. */
export type ReadResponse<T> = (response: Response) => Promise<T>;

export interface HttpClient {
  readonly token: AccessToken;
  /** Headers of the app and of this client, for a WebSocket too. */
  readonly headers: Readonly<Record<string, string>>;
  /** `withDeadline`, by default with the time that the options give. */
  inTime<T>(signal: AbortSignal, work: (controller: AbortController) => Promise<T>, ms?: number): Promise<T>;
  /** Rejects when there is no answer, when its status is not good, and when `read` does. Has no deadline. */
  exchange<T>(request: HttpRequest, signal: AbortSignal, read: ReadResponse<T>): Promise<T>;
  /** `exchange` with a deadline. */
  request<T>(request: HttpRequest, signal: AbortSignal, read: ReadResponse<T>, ms?: number): Promise<T>;
}

const SHOWN_TEXT_CHARACTERS = 200;

export function createHttpClient(options: ConnectionOptions): HttpClient {
  const { accessToken, accessTokenFactory, requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options;
  const token = createAccessToken(accessToken ?? accessTokenFactory);
  const headers = { ...USER_AGENT_HEADER, ...options.headers };
  const credentials = options.withCredentials === false ? 'same-origin' : 'include';

  async function send({ method, url, body, headers: own }: HttpRequest, signal: AbortSignal, isFresh = false) {
    const all = headersWith(await token.read(isFresh), { 'X-Requested-With': 'XMLHttpRequest', ...headers, ...own });
    return fetch(url, { method, headers: all, credentials, signal, body: body ?? null });
  }

  const client: HttpClient = {
    token,
    headers,
    inTime: (signal, work, ms = requestTimeoutMs) => withDeadline(ms, signal, work),
    request: (request, signal, read, ms) =>
      client.inTime(signal, (controller) => client.exchange(request, controller.signal, read), ms),
    async exchange(request, signal, read) {
      const mayRetry = !request.isFresh && token.isStale();
      try {
        let response = await send(request, signal, request.isFresh);
        if (response.status === 401 && mayRetry) {
          await response.body?.cancel();
          response = await send(request, signal, true);
        }
        if (response.ok) return await read(response);
        // What the server says about it is the best help there is.
        const text = (await response.text()).slice(0, SHOWN_TEXT_CHARACTERS);
        throw failure(request, `was answered with ${response.status}: ${text}`, { status: response.status });
      } catch (cause) {
        signal.throwIfAborted();
        throw cause instanceof SignalRClientError ? cause : failure(request, `failed: ${cause}`, { cause });
      }
    },
  };
  return client;
}

/** Queries may hold tokens and secret ids: they are for no text. */
function failure({ method, url, code }: HttpRequest, what: string, details: { cause?: unknown; status?: number }) {
  return new SignalRClientError(code ?? 'request-failed', `${method} ${url.split('?')[0]} ${what}`, details);
}
