// One request to an upstream: redirects, deadline and size of the answer (upstream-and-emulator 2.1, 2.4, 2.5).

import type { Agent, Dispatcher } from 'undici';
import { UpstreamHeader } from './request-headers.ts';

const REDIRECTS_MAX = 5;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([307, 308]);
/** More than this of a body that nobody wants is not read. */
const UNWANTED_BYTES_MAX = 65_536;

export interface UpstreamRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** False: only the status of the answer counts. */
  readonly wantsBody: boolean;
}

/** What became of a request. */
export type UpstreamResponse =
  /** 200 or 204. `body`: empty when there is none or nobody wants it. */
  | { readonly kind: 'success'; readonly body: Uint8Array }
  | { readonly kind: 'status'; readonly status: number; readonly statusText: string }
  /** Nothing that can be read came back. */
  | { readonly kind: 'no-answer'; readonly reason: string }
  | { readonly kind: 'too-large' }
  /** The time was over while the body came. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'broken-off'; readonly reason: string };

export interface UpstreamRequesterOptions {
  /** From the request to the end of the answer, redirects included. Milliseconds. */
  readonly deadlineMs: number;
  readonly responseBytesMax: number;
  /** For each host. */
  readonly connectionsMax: number;
}

/** Sends requests over kept connections. Nothing is sent twice. */
export class UpstreamRequester {
  readonly #options: UpstreamRequesterOptions;
  #agent: Promise<Agent> | undefined;
  #isClosed = false;

  constructor(options: UpstreamRequesterOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const { deadlineMs, responseBytesMax } = this.#options;
    const deadline = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const end = () => clearTimeout(timer);
    try {
      const agent = await this.#open();
      timer = setTimeout(() => deadline.abort(), deadlineMs);
      const response = await follow(agent, request, deadline.signal);
      const { statusCode: status, statusText } = response;
      if (status === 200 && request.wantsBody) {
        const answer = await readBody(response, responseBytesMax, deadline.signal);
        end();
        return answer;
      }
      // The answer waits for its status only; the deadline goes on to hold for the rest.
      discard(response).then(end, end);
      if (status === 200 || status === 204) return { kind: 'success', body: new Uint8Array() };
      return { kind: 'status', status, statusText };
    } catch (error) {
      end();
      return { kind: 'no-answer', reason: this.#whyNoAnswer(error, deadline.signal) };
    }
  }

  /** Ends what is under way, and the kept connections. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const agent = await this.#agent;
    await agent?.destroy();
  }

  #open(): Promise<Agent> {
    if (this.#isClosed) throw new Error('closed');
    this.#agent ??= createAgent(this.#options);
    return this.#agent;
  }

  #whyNoAnswer(error: unknown, { aborted }: AbortSignal): string {
    if (this.#isClosed) return 'The service stops.';
    if (aborted) return `It did not answer within ${this.#options.deadlineMs / 1000} s.`;
    return `It cannot be reached: ${reasonOf(error)}.`;
  }
}

async function createAgent({ connectionsMax, deadlineMs }: UpstreamRequesterOptions): Promise<Agent> {
  // Loaded when it is wanted: a service that calls nobody starts sooner without it.
  const { Agent } = await import('undici');
  return new Agent({
    connections: connectionsMax,
    connect: { timeout: deadlineMs },
    // One deadline for all of it takes their place.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

async function follow(
  agent: Agent,
  { url: first, headers, body }: UpstreamRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  let url = first;
  let sent = headers;
  for (let redirects = 0; ; redirects += 1) {
    const { origin, pathname, search } = url;
    const path = pathname + search;
    const response = await agent.request({ origin, path, method: 'POST', headers: sent, body, signal });
    const next = redirects < REDIRECTS_MAX ? redirectOf(response, url) : undefined;
    if (next === undefined) return response;
    discard(response).catch(() => undefined);
    if (next.origin !== url.origin) sent = withoutBearer(sent);
    url = next;
  }
}

/** Where an answer sends the same request; undefined: nowhere that it may go. */
function redirectOf({ statusCode, headers }: Dispatcher.ResponseData, from: URL): URL | undefined {
  const { location } = headers;
  if (!REDIRECT_STATUSES.has(statusCode) || typeof location !== 'string') return undefined;
  if (!URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from);
  const isSafe = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  return isSafe ? to : undefined;
}

/** A token is for the host it was made for. */
function withoutBearer(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== UpstreamHeader.Authorization));
}

async function readBody(
  { body, headers }: Dispatcher.ResponseData,
  bytesMax: number,
  signal: AbortSignal,
): Promise<UpstreamResponse> {
  if (Number(headers['content-length']) > bytesMax) {
    body.on('error', () => undefined).destroy();
    return { kind: 'too-large' };
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      if (!(chunk instanceof Buffer)) continue;
      bytes += chunk.length;
      // Leaving the loop ends the connection.
      if (bytes > bytesMax) return { kind: 'too-large' };
      chunks.push(chunk);
    }
  } catch (error) {
    return signal.aborted ? { kind: 'cancelled' } : { kind: 'broken-off', reason: reasonOf(error) };
  }
  return { kind: 'success', body: Buffer.concat(chunks) };
}

/** Reads what is left, so that the connection can be kept, unless it is much. */
function discard({ body }: Dispatcher.ResponseData): Promise<void> {
  return body.dump({ limit: UNWANTED_BYTES_MAX });
}

/** Errors of several attempts at once have a code and no text. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
