// Which names a call may use (rest-api 2.1). Lengths count UTF-16 units, as .NET does.

import { HUB_NAME_PART_PATTERN, hubKey } from '@signalite/protocol';
import type { CallQuery } from './call-query.ts';
import type { RouteParameters } from './rest-call.ts';
import { invalidRequest } from './rest-problem.ts';
import type { PathParameters, ServedRoute } from './route-table.ts';

export const GROUP_MAX_LENGTH = 1024;
const USER_MAX_LENGTH = 1024;
const STREAM_ID_MAX_LENGTH = 100;
const NAME_RULE = '1 to 128 letters, digits and _ ` , . [ ], with a letter first';

/** The identity of the hub that a call is about. Throws `RestProblem`. */
export function hubKeyOf({ hub }: PathParameters, query: CallQuery): string {
  const application = query.text('application');
  if (!HUB_NAME_PART_PATTERN.test(hub)) throw invalidRequest(`The name of the hub must be ${NAME_RULE}.`, 'hub');
  if (application !== undefined && !HUB_NAME_PART_PATTERN.test(application)) {
    throw invalidRequest(`The name of the application must be ${NAME_RULE}.`, 'application');
  }
  return hubKey(application, hub);
}

/** Checks what the path names. Throws `RestProblem`. */
export function checkNames({ route, pattern }: ServedRoute, parameters: RouteParameters): void {
  const { group, user, streamId } = parameters;
  // Sends and removals go for names that nothing was ever put under.
  const mayBeBlank = route.methods.includes('DELETE') || pattern.endsWith('/:send');
  if (pattern.includes('{group}')) checkGroup(group, mayBeBlank);
  if (pattern.endsWith('{user}/:closeConnections') && user.length > USER_MAX_LENGTH) {
    throw invalidRequest(`The id of the user must have at most ${USER_MAX_LENGTH} characters.`, 'user');
  }
  if (pattern.includes('{streamId}') && (streamId.length > STREAM_ID_MAX_LENGTH || streamId.trim() === '')) {
    throw invalidRequest(`The stream id must be 1 to ${STREAM_ID_MAX_LENGTH} characters, not all blank.`, 'streamId');
  }
}

function checkGroup(group: string, mayBeBlank: boolean): void {
  if (group.length <= GROUP_MAX_LENGTH && (mayBeBlank || group.trim() !== '')) return;
  const blank = mayBeBlank ? '' : ', not all blank';
  throw invalidRequest(`The name of the group must be 1 to ${GROUP_MAX_LENGTH} characters${blank}.`, 'group');
}
