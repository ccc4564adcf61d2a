import type { IncomingMessage } from 'node:http';
import type { Claim, Header } from '@signalite/protocol/service';
import { isDiagnosticClient } from '../auth/client-claims.ts';
import type { ClientOpening } from '../hub/server-link.ts';
import { socketAddress } from '../network/remote-address.ts';
import { queryStringWithoutToken } from './request-target.ts';

// Headers of the connection, not of the request, and names that belong to the service (service-protocol 7.2).
const WITHHELD = new Set([
  'authorization',
  'connection',
  'upgrade',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'x-forwarded-for',
]);
const WITHHELD_PREFIXES = ['sec-websocket-', 'asrs-', 'x-asrs-'];

/** What the app server is told of a client, from its transport request (service-protocol 7.2). */
export function openingOf(
  request: IncomingMessage,
  { claims, rawQuery, trustProxy }: { claims: readonly Claim[]; rawQuery: string; trustProxy: boolean },
): ClientOpening {
  const headers = forwardedHeaders(request.rawHeaders);
  headers.push({ name: 'X-Forwarded-For', values: [forwardedFor(request, trustProxy)] });
  if (isDiagnosticClient(claims)) headers.push({ name: 'Asrs-Is-Diagnostic-Client', values: ['true'] });
  return { claims, headers, queryString: queryStringWithoutToken(rawQuery) };
}

function forwardedHeaders(rawHeaders: readonly string[]): Header[] {
  const byName = new Map<string, { name: string; values: string[] }>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const key = name.toLowerCase();
    if (WITHHELD.has(key) || WITHHELD_PREFIXES.some((prefix) => key.startsWith(prefix))) continue;
    const header = byName.get(key) ?? { name, values: [] };
    header.values.push(rawHeaders[index + 1] ?? '');
    byName.set(key, header);
  }
  return [...byName.values()];
}

function forwardedFor(request: IncomingMessage, trustProxy: boolean): string {
  const own = socketAddress(request);
  const received = request.headersDistinct['x-forwarded-for']?.join(', ');
  return trustProxy && received !== undefined ? `${received}, ${own}` : own;
}
