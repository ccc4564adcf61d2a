// Access keys (control-plane 5.1). A new key takes effect at once; open connections stay.

import { z } from 'zod';
import type { ResourceRecord } from '../resource-store/resource-record.ts';
import { createAccessKey } from '../resources/create-access-key.ts';
import type { HostedResource, ResourceChange } from '../resources/resources.ts';
import { answerLong } from './answer-long.ts';
import type { ArmCall } from './arm-call.ts';
import { badRequest } from './arm-error.ts';
import { endpointOfResource } from './resource-document.ts';
import { requireResource } from './resource-id.ts';

/** What each kind renews. Both keys of Azure are made with one salt. */
const RENEWALS = {
  primary: (): ResourceChange => ({ primaryKey: createAccessKey() }),
  secondary: (): ResourceChange => ({ secondaryKey: createAccessKey() }),
  salt: (): ResourceChange => ({ primaryKey: createAccessKey(), secondaryKey: createAccessKey() }),
};
const keyTypeSchema = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['primary', 'secondary', 'salt']));

export function listKeys(call: ArmCall): Response {
  return keysOf(call, requireResource(call.resources, call.parameters));
}

export async function regenerateKey(call: ArmCall): Promise<Response> {
  const body = await call.body();
  const { record } = requireResource(call.resources, call.parameters);
  const keyType = keyTypeSchema.safeParse(body['keyType']);
  if (!keyType.success) throw badRequest("'keyType' must be one of Primary, Secondary, Salt.", 'keyType');
  const renew = RENEWALS[keyType.data];
  return answerLong(call, {
    location: record.location,
    run: async () => {
      await call.resources.update(record.name, renew);
      return () => keysOf(call, requireResource(call.resources, call.parameters));
    },
    hasStatus: false,
  });
}

function keysOf({ context }: ArmCall, resource: HostedResource): Response {
  const endpoint = endpointOfResource(resource, context.endpointOf);
  const { primaryKey, secondaryKey }: ResourceRecord = resource.record;
  return Response.json({
    primaryKey,
    secondaryKey,
    primaryConnectionString: connectionString(endpoint, primaryKey),
    secondaryConnectionString: connectionString(endpoint, secondaryKey),
  });
}

function connectionString(endpoint: string, key: string): string {
  return `Endpoint=${endpoint};AccessKey=${key};Version=1.0;`;
}
