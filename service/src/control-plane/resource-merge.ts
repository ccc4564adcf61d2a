// What PUT and PATCH make of a resource that is there (control-plane 3.2).

import type { ResourceProperties } from '../resource-store/resource-properties.ts';
import type { ResourceRecord } from '../resource-store/resource-record.ts';
import type { ResourceChange } from '../resources/resources.ts';
import { NO_SKU_REQUESTED, type RequestedSku } from './requested-sku.ts';
import type { ResourceBody } from './resource-body.ts';

type Features = NonNullable<ResourceProperties['features']>;

/** What PUT decides of a record. */
export type Replacement = RequestedSku & Pick<ResourceRecord, 'tags' | 'identity' | 'properties'>;

/** PUT: all of it is replaced but its keys and its port. What the body leaves out gets its default. */
export function replacementOf({ sku, tags, identity, properties }: ResourceBody): Replacement {
  return { ...(sku ?? NO_SKU_REQUESTED), tags, identity, properties: withMergedFeatures({}, properties) };
}

/** PATCH: what the body names replaces what there was, features one by one; all else stays. */
export function mergeInto(record: ResourceRecord, { sku, tags, identity, properties }: ResourceBody): ResourceChange {
  return {
    ...sku,
    ...(tags === undefined ? {} : { tags }),
    ...(identity === undefined ? {} : { identity }),
    properties: withMergedFeatures(record.properties, properties),
  };
}

function withMergedFeatures(before: ResourceProperties, given: ResourceProperties): ResourceProperties {
  const merged = { ...before, ...given };
  if (given.features === undefined) return merged;
  return { ...merged, features: mergeFeatures(before.features ?? [], given.features) };
}

/** By flag, whatever its case; the spelling that came last stays. */
function mergeFeatures(before: Features, given: Features): Features {
  const byFlag = new Map(before.map((feature) => [feature.flag.toLowerCase(), feature]));
  for (const feature of given) byFlag.set(feature.flag.toLowerCase(), feature);
  return [...byFlag.values()];
}
