import { encodeNegotiateResponse, negotiateVersion } from '@signalite/protocol';
import { allowedTransports } from '../auth/client-claims.ts';
import { TransportKind } from '../transport/transport.ts';
import type { Admitted } from './admission.ts';
import type { HttpContext } from './http-context.ts';
import { quotaRefusal } from './quota-refusal.ts';
import { type Refusal, Refusals } from './refusal.ts';
import { queryValue } from './request-target.ts';

const TRANSFER_FORMATS: Readonly<Record<TransportKind, readonly string[]>> = {
  WebSockets: ['Text', 'Binary'],
  ServerSentEvents: ['Text'],
  LongPolling: ['Text', 'Binary'],
};

/** Body of a negotiate answer, always with status 200 (client-protocol 1.3). */
export function negotiate(
  context: HttpContext,
  { hub, token }: Admitted,
  rawQuery: string,
): { body: string } | Refusal {
  const asked = negotiateVersion(queryValue(rawQuery, 'negotiateversion'));
  if ('error' in asked) return { body: encodeNegotiateResponse({ kind: 'error', error: asked.error }) };
  const overQuota = quotaRefusal(context, hub, 'Client');
  if (overQuota !== undefined) return overQuota;
  const transports = allowedTransports(token.claims);
  const wantsResume = queryValue(rawQuery, 'usestatefulreconnect')?.toLowerCase() === 'true';
  const mayResume =
    wantsResume && transports.includes(TransportKind.WebSockets) && context.allowsStatefulReconnect(hub);
  const ids = context.clients.negotiate(hub, asked.version, mayResume);
  if (ids === undefined) return Refusals.tooManyNegotiated;
  context.events.emit({ name: 'clientNegotiated', hub, connectionId: ids.connectionId });
  const answer = {
    kind: 'connection',
    negotiateVersion: asked.version,
    connectionId: ids.connectionId,
    connectionToken: ids.connectionToken,
    availableTransports: transports.map((transport) => ({ transport, transferFormats: TRANSFER_FORMATS[transport] })),
    ...(mayResume ? { useStatefulReconnect: true } : {}),
  } as const;
  return { body: encodeNegotiateResponse(answer) };
}
