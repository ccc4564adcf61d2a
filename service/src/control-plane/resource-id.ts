// Ids of resources in Azure Resource Manager (control-plane 0.5, 2).

import type { ResourceRecord } from '../resource-store/resource-record.ts';
import type { HostedResource, Resources } from '../resources/resources.ts';
import { ArmError } from './arm-error.ts';

export const PROVIDER = 'Microsoft.SignalRService';
export const RESOURCE_TYPE = `${PROVIDER}/SignalR`;

/** Where a path says that a resource is. */
export interface ResourcePlace {
  readonly subscription: string;
  readonly group: string;
}

/** The id that answers give. */
export function resourceIdOf({ subscriptionId, resourceGroup, name }: ResourceRecord): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${RESOURCE_TYPE}/${name}`;
}

/** Whether a record is in a subscription. Every id of nothing but zeros names the local one. */
export function isInSubscription({ subscriptionId }: ResourceRecord, subscription: string): boolean {
  return spelling(subscriptionId) === spelling(subscription);
}

export function isInGroup({ resourceGroup }: ResourceRecord, group: string): boolean {
  return resourceGroup.toLowerCase() === group.toLowerCase();
}

export function isAt(record: ResourceRecord, { subscription, group }: ResourcePlace): boolean {
  return isInSubscription(record, subscription) && isInGroup(record, group);
}

/** The resource of a path; undefined when it is not there, or somewhere else. Nothing of the path has a case. */
export function findResource(
  resources: Resources,
  { name, ...place }: ResourcePlace & { readonly name: string },
): HostedResource | undefined {
  const found = resources.find(name);
  return found !== undefined && isAt(found.record, place) ? found : undefined;
}

/** The resource of a path. Throws `ArmError` 404. */
export function requireResource(
  resources: Resources,
  place: ResourcePlace & { readonly name: string },
): HostedResource {
  const found = findResource(resources, place);
  if (found === undefined) throw resourceNotFound(place);
  return found;
}

export function resourceNotFound({ name, group }: { readonly name: string; readonly group: string }): ArmError {
  const text = `There is no SignalR resource '${name}' in the resource group '${group}' of this subscription. List those that there are, or create it.`;
  return new ArmError(404, 'ResourceNotFound', text);
}

function spelling(subscription: string): string {
  return /^[0-]*0[0-]*$/.test(subscription) ? '0' : subscription.toLowerCase();
}

/** Places compare as Azure's do: `East US` is `eastus`. */
export function locationName(text: string): string {
  return text.replaceAll(/\s/g, '').toLowerCase();
}
