import { SKUS, type SkuName } from './skus.ts';

/** How much a resource takes. `Infinity`: without end. */
export interface ResourceQuota {
  /** Client and server connections at the same time; the next one gets 429 (control-plane 8.1). */
  readonly connections: number;
  /** Outbound messages from 00:00 UTC on (control-plane 8.2). */
  readonly messagesPerDay: number;
}

/** The plain resource has no limits, nor has any with `--no-quota`. */
export const NO_QUOTA: ResourceQuota = {
  connections: Number.POSITIVE_INFINITY,
  messagesPerDay: Number.POSITIVE_INFINITY,
};

/** What a tier allows with so many units. */
export function quotaOf(sku: SkuName, units: number): ResourceQuota {
  const { connectionsPerUnit, messagesPerDay } = SKUS[sku];
  return {
    connections: connectionsPerUnit * units,
    messagesPerDay: messagesPerDay === undefined ? Number.POSITIVE_INFINITY : messagesPerDay * units,
  };
}
