import type { HttpContext } from './http-context.ts';
import { type Refusal, Refusals } from './refusal.ts';

/** Why the resource takes no further connection; undefined: it does (control-plane 8.1, 8.2). */
export function quotaRefusal(
  { quota, events }: HttpContext,
  hub: string,
  endpoint: 'Client' | 'Server',
): Refusal | undefined {
  const refusal = quota.hasRoom ? messageRefusal(quota.spentText, endpoint) : Refusals.connectionLimit;
  if (refusal === undefined) return undefined;
  events.emit({ name: 'connectionThrottled', hub, endpoint, reason: refusal.text });
  return refusal;
}

/** App servers hear of it in their handshake. */
function messageRefusal(spentText: string | undefined, endpoint: 'Client' | 'Server'): Refusal | undefined {
  return spentText === undefined || endpoint === 'Server' ? undefined : Refusals.messageLimit;
}
