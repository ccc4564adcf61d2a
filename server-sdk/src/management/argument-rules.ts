// Which ids and names a management client takes (rest-api 2.1).
import type { SendTarget } from '../hub/send-target.ts';

const GROUP_MAX_CHARACTERS = 1024;
const PAGE_MAX = 200;
const TTL_MAX_SECONDS = 2 ** 31 - 1;

/** Throws a `TypeError` for an id that nobody can have. */
export function requireId(value: string, parameter: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${parameter} must be a text that is not empty.`);
  return value;
}

/** Throws a `TypeError` for a name that no group can have. */
export function requireGroup(name: string): string {
  const isName = typeof name === 'string' && name.trim() !== '' && name.length <= GROUP_MAX_CHARACTERS;
  if (!isName) throw new TypeError(`groupName must have 1 to ${GROUP_MAX_CHARACTERS} characters, not all blank.`);
  return name;
}

/** Throws as the two above do. */
export function checkTarget(target: SendTarget): void {
  if (target.to === 'group') requireGroup(target.group);
  if (target.to === 'groups') for (const name of target.groups) requireGroup(name);
  if (target.to === 'connections') checkIds(target.connectionIds, 'connectionIds');
  if (target.to === 'users') checkIds(target.userIds, 'userIds');
  if ('except' in target) checkIds(target.except, 'excludedConnectionIds');
}

export function checkIds(ids: readonly string[], parameter: string): void {
  for (const id of ids) requireId(id, `Every one of ${parameter}`);
}

/** Throws a `RangeError` for anything but whole seconds that the service can count. */
export function checkTtl(ttlSeconds: number | undefined): number | undefined {
  if (ttlSeconds === undefined) return undefined;
  if (Number.isInteger(ttlSeconds) && ttlSeconds >= 0 && ttlSeconds <= TTL_MAX_SECONDS) return ttlSeconds;
  throw new RangeError(`ttlSeconds must be a whole number from 0 to ${TTL_MAX_SECONDS}.`);
}

/** Throws a `RangeError`. */
export function checkPageSize(pageSize: number): number {
  if (Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= PAGE_MAX) return pageSize;
  throw new RangeError(`pageSize must be a whole number from 1 to ${PAGE_MAX}.`);
}

/** Throws a `RangeError`. */
export function checkTop(top: number): number {
  if (top >= 1) return top;
  throw new RangeError('top must be 1 or more.');
}
