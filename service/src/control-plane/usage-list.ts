// What a subscription has of what Azure limits in a region (control-plane 6.2). The limits are those of Azure; nothing
// here holds anybody to them.

import { SkuName } from '../quota/skus.ts';
import type { ArmCall } from './arm-call.ts';
import { isInSubscription, locationName, PROVIDER } from './resource-id.ts';

const FREE_INSTANCES = { name: 'FreeTierInstances', limit: 5 } as const;
const TOTAL_UNITS = { name: 'SignalRTotalUnits', limit: 150 } as const;

export function listUsages({ resources, parameters }: ArmCall): Response {
  const { subscription, location } = parameters;
  const records = resources
    .list()
    .map(({ record }) => record)
    .filter((record) => isInSubscription(record, subscription))
    .filter((record) => locationName(record.location) === locationName(location));
  const isFree = ({ sku }: (typeof records)[number]) => sku === SkuName.FreeF1;
  const paid = records.filter((record) => !isFree(record));
  const units = paid.reduce((sum, { capacity }) => sum + capacity, 0);
  const place = `/subscriptions/${subscription}/providers/${PROVIDER}/locations/${location}`;
  return Response.json({
    value: [
      usageDocument(place, { ...FREE_INSTANCES, currentValue: records.length - paid.length }),
      usageDocument(place, { ...TOTAL_UNITS, currentValue: units }),
    ],
  });
}

interface Usage {
  readonly name: string;
  readonly limit: number;
  readonly currentValue: number;
}

function usageDocument(place: string, { name, limit, currentValue }: Usage) {
  return {
    id: `${place}/usages/${name}`,
    name: { value: name, localizedValue: name },
    currentValue,
    limit,
    unit: 'Count',
  };
}
