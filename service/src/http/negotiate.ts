import { encodeNegotiateResponse, negotiateVersion, TransportName } from '@signalite/protocol';
import type { Admitted } from './admission.ts';
import type { HttpContext } from './http-context.ts';
import { type Refusal, Refusals } from './refusal.ts';
import { queryValue } from './request-target.ts';

const TRANSPORTS = [{ transport: TransportName.WebSockets, transferFormats: ['Text', 'Binary'] }] as const;

/** Body of a negotiate answer, always with status 200 (client-protocol 1.3). */
export function negotiate(context: HttpContext, { hub }: Admitted, rawQuery: string): { body: string } | Refusal {
  const asked = negotiateVersion(queryValue(rawQuery, 'negotiateversion'));
  if ('error' in asked) return { body: encodeNegotiateResponse({ kind: 'error', error: asked.error }) };
  const ids = context.clients.negotiate(hub, asked.version);
  if (ids === undefined) return Refusals.tooManyNegotiated;
  context.events.emit({ name: 'clientNegotiated', hub, connectionId: ids.connectionId });
  const answer = {
    kind: 'connection',
    negotiateVersion: asked.version,
    ...ids,
    availableTransports: TRANSPORTS,
  } as const;
  return { body: encodeNegotiateResponse(answer) };
}
