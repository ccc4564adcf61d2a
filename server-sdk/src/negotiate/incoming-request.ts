// The negotiate request of a web framework, as authorization and user-id providers see it.
import type { IncomingMessage } from 'node:http';
import type { HubHttpRequest } from '../hub/hub-http-request.ts';

/** The path of the hub: that of its negotiate request without `/negotiate`. */
export function hubPath(path: string): string {
  return path.replace(/\/negotiate\/?$/, '').replace(/\/$/, '');
}

/** Of `node:http`, and of frameworks whose requests are its own. */
export function describeIncoming(request: IncomingMessage, url: SplitUrl): HubHttpRequest {
  return describe(url, headersOf(request.rawHeaders), addressOf(request));
}

/** Names and values in turn. HTTP/2 has more than headers among them. */
function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2);
    if (!name.startsWith(':')) headers.append(name, value);
  }
  return headers;
}

/** Of the Fetch API, which does not tell addresses. */
export function describeFetch(request: Request, url: SplitUrl): HubHttpRequest {
  return describe(url, request.headers, undefined);
}

/** A URL in two. */
export interface SplitUrl {
  readonly path: string;
  /** With `?`, or empty. */
  readonly query: string;
}

/** Frameworks cut their own prefix off `url` and keep the whole in `originalUrl`. */
export function splitUrl(request: IncomingMessage): SplitUrl {
  const original = 'originalUrl' in request ? request.originalUrl : undefined;
  const url = typeof original === 'string' ? original : (request.url ?? '/');
  const question = url.indexOf('?');
  return question < 0 ? { path: url, query: '' } : { path: url.slice(0, question), query: url.slice(question) };
}

function describe({ path, query }: SplitUrl, headers: Headers, remoteIpAddress: string | undefined): HubHttpRequest {
  return { path: hubPath(path) || '/', query: new URLSearchParams(query), headers, remoteIpAddress };
}

/** Frameworks that know which proxies to trust say so in `ip`. */
function addressOf(request: IncomingMessage): string | undefined {
  const ip = 'ip' in request ? request.ip : undefined;
  return typeof ip === 'string' ? ip : request.socket.remoteAddress;
}
