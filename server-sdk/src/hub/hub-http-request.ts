// The HTTP request of a client, as the service forwarded it (client-protocol 6.3, service-protocol 7.2).
import type { Header } from '@signalite/protocol/service';

/**
 * The HTTP request of a client: in a hub that with which it connected, as the service forwarded it; at negotiate the
 * request to your app itself.
 */
export interface HubHttpRequest {
  /** Path of the negotiate request on your app, without `/negotiate`. `/` when there is none. */
  readonly path: string;
  /** The whole query, that of your app's negotiate request included. */
  readonly query: URLSearchParams;
  /** Cookies included; `Authorization` at negotiate only. */
  readonly headers: Headers;
  /** The client's address, as the service or your web server saw it; undefined where that is not told. */
  readonly remoteIpAddress: string | undefined;
}

const ORIGINAL_PATH = 'asrs.op';
const FORWARDED_FOR = 'x-forwarded-for';

/** Builds the request from what OpenConnection says. */
export function hubHttpRequest(headers: readonly Header[], queryString: string): HubHttpRequest {
  const query = new URLSearchParams(queryString);
  const all = new Headers();
  for (const { name, values } of headers) for (const value of values) append(all, name, value);
  return {
    path: query.get(ORIGINAL_PATH) ?? '/',
    query,
    headers: all,
    remoteIpAddress: all.get(FORWARDED_FOR)?.split(',')[0]?.trim(),
  };
}

/** What fetch would not take as a header was let through by some other server; it is no reason to fail here. */
function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch {
    // Left out.
  }
}
