// Create, read, update and delete (control-plane 3). A change runs behind all that was asked of its resource before, so
// what it merges into is what is in force then.

import { RESOURCE_NAME } from '../resource-store/resource-record.ts';
import type { HostedResource, ResourceChange } from '../resources/resources.ts';
import { answerLong } from './answer-long.ts';
import type { ArmCall } from './arm-call.ts';
import { ArmError } from './arm-error.ts';
import { checkLocation, type ResourceBody, readResourceBody, requireLocation } from './resource-body.ts';
import { type ProvisioningState, resourceDocument } from './resource-document.ts';
import { findResource, isAt, isInGroup, isInSubscription, requireResource, resourceNotFound } from './resource-id.ts';
import { mergeInto, replacementOf } from './resource-merge.ts';

const GROUP_NAME = /^[-\p{L}\p{N}_.()]{0,89}[-\p{L}\p{N}_()]$/u;

export function getResource(call: ArmCall): Response {
  return shown(call, requireResource(call.resources, call.parameters));
}

export function listByGroup(call: ArmCall): Response {
  const { subscription, group } = call.parameters;
  return shownAll(call, ({ record }) => isAt(record, { subscription, group }));
}

export function listBySubscription(call: ArmCall): Response {
  return shownAll(call, ({ record }) => isInSubscription(record, call.parameters.subscription));
}

export async function putResource(call: ArmCall): Promise<Response> {
  const { name, group } = call.parameters;
  checkNames(name, group);
  const body = readResourceBody(await call.body());
  const location = requireLocation(body);
  const found = call.resources.find(name);
  if (found === undefined) return create(call, body, location);
  checkPlace(found, call);
  checkLocation(body, found.record);
  return update(call, found, () => replacementOf(body));
}

export async function patchResource(call: ArmCall): Promise<Response> {
  const body = readResourceBody(await call.body());
  const found = requireResource(call.resources, call.parameters);
  checkLocation(body, found.record);
  return update(call, found, (record) => mergeInto(record, body));
}

export function deleteResource(call: ArmCall): Response | Promise<Response> {
  const found = findResource(call.resources, call.parameters);
  if (found === undefined) return new Response(null, { status: 204 });
  const { name, location } = found.record;
  return answerLong(call, {
    location,
    run: async () => {
      const wasThere = await call.resources.remove(name);
      return () => new Response(null, { status: wasThere ? 200 : 204 });
    },
  });
}

export function restartResource(call: ArmCall): Promise<Response> {
  const { name, location } = requireResource(call.resources, call.parameters).record;
  return answerLong(call, {
    location,
    run: async () => {
      await call.resources.restart(name);
      return () => new Response(null, { status: 204 });
    },
  });
}

function create(call: ArmCall, body: ResourceBody, location: string): Promise<Response> {
  const { name, group, subscription } = call.parameters;
  const place = { name, subscriptionId: subscription, resourceGroup: group, location };
  return answerLong(call, {
    location,
    run: async () => {
      await call.resources.create({ ...place, ...replacementOf(body), port: body.localPort ?? 0 });
      return () => current(call, 201);
    },
    begun: () => current(call, 201, 'Creating'),
  });
}

function update(
  call: ArmCall,
  { record: { name, location } }: HostedResource,
  change: (record: HostedResource['record']) => ResourceChange,
): Promise<Response> {
  return answerLong(call, {
    location,
    run: async () => {
      await call.resources.update(name, change);
      return () => current(call, 200);
    },
    // PATCH has no body then: its pollers read the last answer.
    ...(call.request.method === 'PUT' ? { begun: () => current(call, 200, 'Updating') } : {}),
  });
}

/** As it is when it is asked for. Throws `ArmError` when it is gone meanwhile. */
function current(call: ArmCall, status: number, state?: ProvisioningState): Response {
  const found = findResource(call.resources, call.parameters);
  if (found === undefined) throw resourceNotFound(call.parameters);
  return Response.json(resourceDocument(found, call.context.endpointOf, state), { status });
}

function shown({ context }: ArmCall, resource: HostedResource): Response {
  return Response.json(resourceDocument(resource, context.endpointOf));
}

/** All on one page, by name. */
function shownAll({ context, resources }: ArmCall, isWanted: (resource: HostedResource) => boolean): Response {
  const wanted = resources.list().filter(isWanted);
  const sorted = wanted.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return Response.json({ value: sorted.map((resource) => resourceDocument(resource, context.endpointOf)) });
}

function keyOf({ record }: HostedResource): string {
  return record.name.toLowerCase();
}

function checkNames(name: string, group: string): void {
  if (!RESOURCE_NAME.test(name)) {
    const text = `'${name}' cannot be the name of a resource. It must have 3 to 63 letters, digits and hyphens, with a letter first and no hyphen last.`;
    throw new ArmError(400, 'InvalidResourceName', text, { target: 'name' });
  }
  if (!GROUP_NAME.test(group)) {
    const text = `'${group}' cannot be the name of a resource group. It must have 1 to 90 letters, digits and -_.() with no dot last.`;
    throw new ArmError(400, 'InvalidResourceGroupName', text, { target: 'resourceGroup' });
  }
}

/** Names are unique, whatever the place: in Azure they become host names. Throws `ArmError` 409. */
function checkPlace({ record }: HostedResource, { parameters }: ArmCall): void {
  if (isAt(record, parameters)) return;
  const where = isInGroup(record, parameters.group) ? 'another subscription' : `the group '${record.resourceGroup}'`;
  const text = `The name '${record.name}' is taken by a resource in ${where}. Choose another.`;
  throw new ArmError(409, 'Conflict', text, { target: 'name' });
}
