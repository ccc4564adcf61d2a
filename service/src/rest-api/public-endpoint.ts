import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/**
 * Scheme and host by which the caller of a request reaches the service (rest-api 7.5): as the nearest proxy says, else as
 * the request does. A caller that forges them deceives itself alone.
 */
export function publicEndpointOf({ headers, socket }: IncomingMessage): string {
  const own = `${socket instanceof TLSSocket ? 'https' : 'http'}://${headers.host ?? 'localhost'}`;
  const scheme = firstOf(headers['x-forwarded-proto']) ?? own.slice(0, own.indexOf(':'));
  const host = firstOf(headers['x-forwarded-host']) ?? headers.host ?? 'localhost';
  const endpoint = `${scheme}://${host}`;
  const isUsable = /^https?$/i.test(scheme) && URL.canParse(endpoint) && new URL(endpoint).pathname === '/';
  return isUsable ? new URL(endpoint).origin : own;
}

function firstOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  const first = text?.split(',')[0]?.trim();
  return first === '' ? undefined : first;
}
