import { type NegotiateConnection, type NegotiateResponse, parseNegotiateResponse } from '@signalite/protocol';
import { SignalRClientError } from '../errors.ts';
import { type HttpClient, refusal } from './http-client.ts';
import { withQuery } from './with-query.ts';

// Client-protocol 1.1 and 1.3.

const REQUESTS_MAX = 100;

/** What negotiation led to: where to connect, and how. */
export interface Negotiated extends NegotiateConnection {
  /** The last of the redirects, without `id`. */
  readonly url: string;
}

/**
 * Negotiates at `url` and follows redirects; a token that comes with one replaces the one in use. Rejects with
 * `negotiate-failed` or `too-many-redirects`.
 */
export async function negotiate(
  http: HttpClient,
  url: string,
  useStatefulReconnect: boolean,
  signal: AbortSignal,
): Promise<Negotiated> {
  for (let requests = 0; requests < REQUESTS_MAX; requests++) {
    const answer = await ask(http, negotiateUrl(url, useStatefulReconnect), signal);
    if (answer.kind === 'connection') return { ...answer, url };
    if (answer.kind === 'error') throw new SignalRClientError('negotiate-failed', answer.error);
    url = new URL(answer.url, url).href;
    if (answer.accessToken !== undefined) http.token.replace(answer.accessToken);
  }
  throw new SignalRClientError(
    'too-many-redirects',
    'Negotiate answers keep pointing elsewhere. Check the URLs of the servers.',
  );
}

async function ask(http: HttpClient, url: string, signal: AbortSignal): Promise<NegotiateResponse> {
  try {
    const request = { method: 'POST', url, needsFreshToken: true } as const;
    const answer = await http.request(request, signal);
    if (answer.status !== 200) throw refusal(request, answer);
    return parseNegotiateResponse(new TextDecoder().decode(answer.bytes));
  } catch (error) {
    signal.throwIfAborted();
    throw negotiateFailed(error);
  }
}

function negotiateFailed(cause: unknown): SignalRClientError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const status = cause instanceof SignalRClientError ? cause.status : undefined;
  return new SignalRClientError('negotiate-failed', `Cannot negotiate. ${text}`, { cause, status });
}

/** A redirect to the service often has the two parameters already (client-protocol 1.1). */
function negotiateUrl(url: string, useStatefulReconnect: boolean): string {
  const target = new URL(url);
  target.pathname += target.pathname.endsWith('/') ? 'negotiate' : '/negotiate';
  const { searchParams } = target;
  let result = target.href;
  if (!searchParams.has('negotiateVersion')) result = withQuery(result, 'negotiateVersion=1');
  if (useStatefulReconnect && !searchParams.has('useStatefulReconnect')) {
    result = withQuery(result, 'useStatefulReconnect=true');
  }
  return result;
}
