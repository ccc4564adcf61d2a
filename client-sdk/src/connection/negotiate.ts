import { type AvailableTransport, parseNegotiateResponse } from '@signalite/protocol';
import { SignalRClientError } from '../errors.ts';
import type { HttpClient, HttpRequest } from './http-client.ts';

// Client-protocol 1.1 and 1.3.

const REQUESTS_MAX = 100;

/** What negotiation led to: where to connect, and how. */
export interface Negotiated {
  /** The last of the redirects, without `id`. */
  readonly url: string;
  readonly availableTransports: readonly AvailableTransport[];
  readonly connectionId?: string;
  readonly connectionToken?: string;
  readonly useStatefulReconnect?: boolean;
}

/**
 * Negotiates at `url` and follows redirects; a token that comes with one replaces the one in use. Rejects with
 * `negotiate-failed`, `request-timeout` or `too-many-redirects`.
 */
export async function negotiate(
  http: HttpClient,
  url: string,
  useStatefulReconnect: boolean,
  signal: AbortSignal,
): Promise<Negotiated> {
  for (let requests = 0; requests < REQUESTS_MAX; requests++) {
    const request: HttpRequest = {
      method: 'POST',
      url: negotiateUrl(url, useStatefulReconnect),
      isFresh: true,
      code: 'negotiate-failed',
    };
    const found = await http.request(request, signal, async (response) => {
      const answer = parseNegotiateResponse(await response.text());
      if (answer.kind === 'connection') return { ...answer, url };
      if (answer.kind === 'error') throw new SignalRClientError('negotiate-failed', answer.error);
      url = new URL(answer.url, url).href;
      if (answer.accessToken !== undefined) http.token.replace(answer.accessToken);
      return undefined;
    });
    if (found) return found;
  }
  throw new SignalRClientError('too-many-redirects', 'Too many redirects: check the URLs of negotiate answers.');
}

/** A redirect to the service often has the two parameters already (client-protocol 1.1). */
function negotiateUrl(url: string, useStatefulReconnect: boolean): string {
  const target = new URL(url);
  const { pathname, searchParams } = target;
  target.pathname += pathname.endsWith('/') ? 'negotiate' : '/negotiate';
  if (!searchParams.has('negotiateVersion')) searchParams.set('negotiateVersion', '1');
  if (useStatefulReconnect) searchParams.set('useStatefulReconnect', 'true');
  return target.href;
}
