// Resources as `az` prints them: what Azure Resource Manager has in `properties` stands among the other members.

import type { ResourceDocument } from './control-client.ts';

const TYPE = 'microsoft.signalrservice/signalr';
/** The two names that `az` spells otherwise than the REST API. */
const NAMES: Readonly<Record<string, string>> = { externalIP: 'externalIp', networkACLs: 'networkAcLs' };

/** Resources, alone or in a list, as `az` shows them; all else as it is. */
export function shownAsAz(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shownAsAz);
  return isResource(value) ? shown(value) : value;
}

/** The group in an id. */
export function groupOf(id: string): string {
  return /\/resourceGroups\/([^/]+)\//i.exec(id)?.[1] ?? '';
}

function shown({ properties, ...head }: ResourceDocument): object {
  const renamed = Object.entries(properties).map(([name, value]) => [NAMES[name] ?? name, value]);
  return { ...head, resourceGroup: groupOf(head.id), ...Object.fromEntries(renamed) };
}

function isResource(value: unknown): value is ResourceDocument {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('properties' in value)) return false;
  return typeof value.type === 'string' && value.type.toLowerCase() === TYPE;
}
