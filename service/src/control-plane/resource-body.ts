// The bodies of PUT and PATCH (control-plane 2, 3.1).

import { z } from 'zod';
import { type ResourceProperties, resourcePropertiesSchema } from '../resource-store/resource-properties.ts';
import type { ResourceRecord } from '../resource-store/resource-record.ts';
import { ArmError, badRequest, invalidValue } from './arm-error.ts';
import { type RequestedSku, readSku } from './requested-sku.ts';
import { locationName } from './resource-id.ts';

const TAGS_MAX = 50;
const PORT_MAX = 65_535;
const KIND = 'SignalR';

const tagsSchema = z
  .record(z.string(), z.string({ error: 'must be text' }), { error: 'must be an object of texts' })
  .refine((tags) => Object.keys(tags).length <= TAGS_MAX, { error: `must not have more than ${TAGS_MAX} members` });
const identitySchema = z.looseObject({ type: z.string({ error: 'must be text' }) });
const headSchema = z.object({
  location: z.string({ error: 'must be text' }).optional(),
  kind: z.string({ error: 'must be text' }).optional(),
  tags: tagsSchema.optional(),
  identity: identitySchema.optional(),
});

/** What a body says of a resource; what it does not say is not there. */
export interface ResourceBody {
  readonly location?: string | undefined;
  readonly tags?: ResourceRecord['tags'];
  readonly identity?: ResourceRecord['identity'];
  readonly sku: RequestedSku | undefined;
  readonly properties: ResourceProperties;
  /** Ours: where a new resource listens; undefined: anywhere. Azure's `publicPort` is of another machine. */
  readonly localPort: number | undefined;
}

/** Reads it and leaves out what cannot be written. A member that is `null` was not given. Throws `ArmError` 400. */
export function readResourceBody(body: Readonly<Record<string, unknown>>): ResourceBody {
  const { sku, properties, ...head } = withoutNulls(body);
  const read = headSchema.safeParse(head);
  if (!read.success) throw invalidValue(read.error, '');
  const { location, kind, tags, identity } = read.data;
  checkKind(kind);
  return {
    ...(location === undefined ? {} : { location: locationName(location) }),
    ...(tags === undefined ? {} : { tags }),
    ...(identity === undefined ? {} : { identity }),
    sku: sku === undefined ? undefined : readSku(sku),
    properties: readProperties(properties ?? {}),
    localPort: readLocalPort(properties),
  };
}

function readLocalPort(properties: unknown): number | undefined {
  const read = z.looseObject({ localPort: z.int().min(1).max(PORT_MAX).optional() }).safeParse(properties ?? {});
  if (!read.success)
    throw badRequest(`'properties.localPort' must be a port from 1 to ${PORT_MAX}.`, 'properties.localPort');
  return read.data.localPort;
}

function readProperties(value: unknown): ResourceProperties {
  const given = typeof value === 'object' && value !== null ? withoutNulls({ ...value }) : value;
  const read = resourcePropertiesSchema.safeParse(given);
  if (!read.success) throw invalidValue(read.error, 'properties');
  if (read.data.regionEndpointEnabled === 'Disabled') {
    const text =
      "'properties.regionEndpointEnabled' must be Enabled: the endpoint of a region can be disabled only where there are replicas.";
    throw badRequest(text, 'properties.regionEndpointEnabled');
  }
  return read.data;
}

function checkKind(kind: string | undefined): void {
  if (kind === undefined || kind.toLowerCase() === KIND.toLowerCase()) return;
  const text = `'kind' must be ${KIND}, not '${kind}': resources of other kinds, such as Web PubSub, are not hosted here.`;
  throw badRequest(text, 'kind');
}

function withoutNulls(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

/** The place that PUT must name. Throws `ArmError` 400. */
export function requireLocation({ location }: ResourceBody): string {
  if (location !== undefined && location !== '') return location;
  const text = "'location' is missing: say where the resource is to be, such as eastus. Any name will do.";
  throw new ArmError(400, 'LocationRequired', text, { target: 'location' });
}

/** A resource stays where it was made. Throws `ArmError` 409. */
export function checkLocation({ location }: ResourceBody, record: ResourceRecord): void {
  const { name, location: current } = record;
  if (location === undefined || location === '' || location === locationName(current)) return;
  const text = `'${name}' is in '${current}' and cannot be moved to '${location}'. Delete it first, or name the place where it is.`;
  throw new ArmError(409, 'InvalidResourceLocation', text, { target: 'location' });
}
