import { SKUS, type Sku } from '../quota/skus.ts';
import type { ArmCall } from './arm-call.ts';
import { RESOURCE_TYPE, requireResource } from './resource-id.ts';

/** Tiers that a resource can have (control-plane 6.1, 7). */
export function listSkus(call: ArmCall): Response {
  requireResource(call.resources, call.parameters);
  return Response.json({ value: Object.values(SKUS).map(skuDocument) });
}

function skuDocument({ name, tier, units, defaultUnits, scaleType }: Sku) {
  return {
    resourceType: RESOURCE_TYPE,
    sku: { name, tier },
    capacity: { minimum: 0, maximum: units.at(-1), default: defaultUnits, allowedValues: units, scaleType },
  };
}
