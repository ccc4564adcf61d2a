import type { IncomingMessage } from 'node:http';
import type { ServiceEvents } from '../log/events.ts';
import { NO_NETWORK_RULES, refusingRule } from '../network/network-rules.ts';
import { remoteAddress } from '../network/remote-address.ts';
import type { AclRequestType } from '../resource-store/resource-properties.ts';
import type { ResourceSettings } from '../settings/resource-settings.ts';

/** What a refused request is answered, with 403 and before its token is looked at (control-plane 5.3). */
export const NETWORK_REFUSAL_TEXT = 'The network rules of the resource do not allow this request.';

export interface NetworkContext {
  readonly settings: ResourceSettings;
  readonly events: ServiceEvents;
  readonly options: { readonly trustProxy: boolean };
}

/** True when a rule refuses the request; the log says which. */
export function isRefusedByNetwork(
  { settings, events, options }: NetworkContext,
  type: AclRequestType,
  request: IncomingMessage,
): boolean {
  const rules = settings.current.network;
  if (rules === NO_NETWORK_RULES) return false;
  const address = remoteAddress(request, options.trustProxy);
  const rule = refusingRule(rules, type, address);
  if (rule === undefined) return false;
  events.emit({ name: 'networkRefused', type, address, rule });
  return true;
}
