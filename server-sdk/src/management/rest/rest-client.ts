// One call of the REST API: token, attempts, time limits (rest-api 2, 3, 8).
import { setTimeout as pause } from 'node:timers/promises';
import { restHubUrl } from '@signalite/protocol';
import type { ServiceEndpoint } from '../../endpoints/service-endpoint.ts';
import { SignalRServerError } from '../../errors.ts';
import { SDK_USER_AGENT } from '../../user-agent.ts';
import { TimeLimitError, withLimits } from '../linked-signal.ts';
import { answerText } from './answer-text.ts';
import { RequestRefusedError, readRefusal } from './request-refused-error.ts';
import type { RestAnswer, RestCall } from './rest-call.ts';
import { escapeText } from './rest-path.ts';
import { type Failure, type RetryOptions, readRetryAfter, retryDelay } from './retry-schedule.ts';

const ANSWER_MAX_BYTES = 16 * 1024 * 1024;
const REFUSAL_MAX_BYTES = 16 * 1024;
/** The service is there, but not now: nothing was done. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
/** No connection was made, so nothing was done either. */
const NOT_REACHED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface RestClientOptions extends RetryOptions {
  readonly endpoint: ServiceEndpoint;
  readonly hub: string;
  readonly applicationName: string;
  /** Name of this server in its tokens. */
  readonly serverName: string;
  /** Time for one attempt. */
  readonly requestTimeoutMs: number;
  readonly now: () => number;
}

interface FailedAttempt extends Failure {
  readonly error: SignalRServerError;
}

type Attempt = { readonly answer: RestAnswer } | { readonly failure: FailedAttempt };

/** Calls the REST API for one hub. */
export class RestClient {
  readonly #options: RestClientOptions;

  constructor(options: RestClientOptions) {
    this.#options = options;
  }

  get endpoint(): ServiceEndpoint {
    return this.#options.endpoint;
  }

  /** Rejects with a `SignalRServerError`, or with the reason of `signal`. */
  async call(call: RestCall, signal: AbortSignal): Promise<RestAnswer> {
    for (let retries = 0; ; retries++) {
      signal.throwIfAborted();
      const attempt = await this.#attempt(call, signal);
      if ('answer' in attempt) return attempt.answer;
      const { failure } = attempt;
      const delayMs = retryDelay(this.#options, { isRepeatable: call.isRepeatable, retries }, failure);
      if (delayMs === undefined) throw failure.error;
      await pause(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  async #attempt(call: RestCall, signal: AbortSignal): Promise<Attempt> {
    const path = restHubUrl('/', { ...this.#options, ...call });
    const token = await this.#token(path, signal);
    const url = this.#url(path, call);
    try {
      const limits = { signals: [signal], timeoutMs: call.timeoutMs ?? this.#options.requestTimeoutMs };
      return await withLimits(limits, (limited) => this.#exchange(url, call, { token, signal: limited }));
    } catch (error) {
      signal.throwIfAborted();
      return { failure: error instanceof TimeLimitError ? timedOut() : notAnswered(error) };
    }
  }

  async #exchange(
    url: string,
    call: RestCall,
    { token, signal }: { readonly token: string; readonly signal: AbortSignal },
  ): Promise<Attempt> {
    const { method, body } = call;
    // A redirect is not followed: the token is for this service.
    const request = {
      method,
      headers: headersOf(call, token),
      body: body?.bytes ?? null,
      redirect: 'manual',
      signal,
    } as const;
    return this.#read(call, await fetch(url, request), token);
  }

  async #read(call: RestCall, response: Response, token: string): Promise<Attempt> {
    if (response.ok) return { answer: { found: true, text: await answerText(response, ANSWER_MAX_BYTES) } };
    // Nobody should repeat a token, but what repeats it must not get into a log.
    const body = (await answerText(response, REFUSAL_MAX_BYTES)).replaceAll(token, '…');
    const refusal = readRefusal(response, body);
    if (response.status === 404 && isCode(refusal.serviceCode, call.missing)) return { answer: { found: false } };
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), this.#options.now());
    return { failure: { kind: kindOf(response.status), retryAfterMs, error: new RequestRefusedError(refusal) } };
  }

  /** The audience is the address without its query, and that of `Endpoint`, wherever the call really goes (rest-api 3.3). */
  #token(path: string, signal: AbortSignal): Promise<string> {
    const { endpoint, serverName } = this.#options;
    const audience = `${endpoint.address.endpoint}${path.slice(0, path.indexOf('?'))}`;
    return endpoint.tokens.forServer({ audience, claims: { nameid: serverName } }, signal);
  }

  #url(path: string, { query = [] }: RestCall): string {
    const more = query.map(([name, value]) => `&${name}=${escapeText(value)}`);
    return `${this.#options.endpoint.address.serverEndpoint}${path.slice(1)}${more.join('')}`;
  }
}

function headersOf({ body }: RestCall, token: string): Record<string, string> {
  return {
    Authorization: `Bearer ${token}`,
    'Asrs-User-Agent': SDK_USER_AGENT,
    ...(body === undefined ? {} : { 'Content-Type': body.contentType }),
  };
}

function isCode(given: string | undefined, wanted: string | undefined): boolean {
  return wanted !== undefined && given?.toLowerCase() === wanted.toLowerCase();
}

function kindOf(status: number): Failure['kind'] {
  if (BUSY.has(status)) return 'not-done';
  return status >= 500 || status === 408 ? 'unclear' : 'final';
}

function timedOut(): FailedAttempt {
  const text = 'The service did not answer in time. Whether it did what it was asked for is not known.';
  return { kind: 'unclear', error: new SignalRServerError('request-timeout', text) };
}

/** `fetch` hides in the cause what went wrong. */
function notAnswered(error: unknown): FailedAttempt {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const words = cause instanceof Error && cause.message !== '' ? cause.message : code;
  const kind = NOT_REACHED.has(code) ? 'not-done' : 'unclear';
  const text = kind === 'not-done' ? 'The service could not be reached' : 'The service did not answer properly';
  const hint = 'Check that it runs, and Endpoint in the connection string.';
  return { kind, error: new SignalRServerError('request-failed', `${text}: ${words}. ${hint}`, { cause: error }) };
}
