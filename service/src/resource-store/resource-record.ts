import { z } from 'zod';
import { ACCESS_KEY_MIN_BYTES, isLongEnough } from '../config/access-key.ts';
import { SkuName } from '../quota/skus.ts';
import { resourcePropertiesSchema } from './resource-properties.ts';

const RECORD_VERSION = 1;
const PORT_MAX = 65_535;

/** Names of resources (control-plane 1). */
export const RESOURCE_NAME = /^[a-zA-Z][a-zA-Z0-9-]{1,61}[a-zA-Z0-9]$/;

const keySchema = z.string().refine(isLongEnough, { error: `must be at least ${ACCESS_KEY_MIN_BYTES} bytes long` });

/** One resource as it is kept: all that `create` and `update` said of it, its keys and its port. */
export const resourceRecordSchema = z.object({
  recordVersion: z.literal(RECORD_VERSION).default(RECORD_VERSION),
  name: z.string().regex(RESOURCE_NAME),
  subscriptionId: z.string().min(1),
  resourceGroup: z.string().min(1),
  location: z.string().min(1),
  tags: z.record(z.string(), z.string()).optional(),
  sku: z.enum(SkuName),
  /** Units. */
  capacity: z.int().min(1),
  primaryKey: keySchema,
  secondaryKey: keySchema,
  /** 0: none was bound yet. */
  port: z.int().min(0).max(PORT_MAX),
  /** Managed identity, kept and given back; nothing here acts on it. */
  identity: z.looseObject({ type: z.string() }).optional(),
  properties: resourcePropertiesSchema,
  /** ISO 8601. */
  createdAt: z.string(),
  lastModifiedAt: z.string(),
});
export type ResourceRecord = z.output<typeof resourceRecordSchema>;
