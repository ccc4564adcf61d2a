// Tiers and units that can be asked for (control-plane 7).

import { z } from 'zod';
import { findSku, SKUS, type Sku, type SkuName } from '../quota/skus.ts';
import { badRequest, invalidValue } from './arm-error.ts';

const TARGET = 'sku';
/** The tier that a resource gets when nobody asks for one. */
const DEFAULT_SKU = SKUS.Standard_S1;
/** `Basic` is what Standard was once called. */
const TIERS = ['free', 'standard', 'basic', 'premium'];

const NAMES = Object.keys(SKUS).join(', ');

const skuSchema = z.looseObject({
  name: z.string({ error: `must be one of ${NAMES}` }),
  tier: z
    .string({ error: 'must be text' })
    .refine((tier) => TIERS.includes(tier.toLowerCase()), { error: 'must be one of Free, Standard, Premium' })
    .nullish(),
  capacity: z.int({ error: 'must be a whole number of units' }).nullish(),
});

/** The columns of a record that say how large a resource is. */
export interface RequestedSku {
  readonly sku: SkuName;
  readonly capacity: number;
}

export const NO_SKU_REQUESTED: RequestedSku = { sku: DEFAULT_SKU.name, capacity: DEFAULT_SKU.defaultUnits };

/** Reads the `sku` of a body. The name decides: a tier left over from before a change is not held against it. Throws `ArmError` 400. */
export function readSku(value: unknown): RequestedSku {
  const read = skuSchema.safeParse(value);
  if (!read.success) throw invalidValue(read.error, TARGET);
  const { name, capacity } = read.data;
  const sku = findSku(name);
  if (sku === undefined) throw badRequest(`'${TARGET}.name' must be one of ${NAMES}, not '${name}'.`, `${TARGET}.name`);
  const units = capacity ?? sku.defaultUnits;
  if (!sku.units.includes(units)) throw badRequest(unitsText(sku, units), `${TARGET}.capacity`);
  return { sku: sku.name, capacity: units };
}

function unitsText({ name, units }: Sku, asked: number): string {
  return `${name} cannot have ${asked} units. '${TARGET}.capacity' must be one of ${units.join(', ')}.`;
}
