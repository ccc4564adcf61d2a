import type { NegotiateRoute } from '../endpoints/hub-endpoints.ts';
import type { HubHttpRequest } from '../hub/hub-http-request.ts';
import type { ClientCall } from '../hub/hub-sender.ts';
import type { SendTarget } from '../hub/send-target.ts';
import type { GroupMembersPage, GroupMembersQuery } from './group-members.ts';
import type { HubCommand } from './hub-command.ts';

/**
 * How a management client reaches its hub. What it is given was checked before. `signal` ends the waiting: the promise
 * rejects with its reason, and whether the service has done it is not known.
 */
export interface HubTransport {
  /** Gets ready, where there is something to open. */
  start(): Promise<void>;
  send(target: SendTarget, call: ClientCall, signal: AbortSignal): Promise<void>;
  /** Asks one client for a result. */
  invoke(connectionId: string, call: ClientCall, signal: AbortSignal): Promise<unknown>;
  /** True when it is done, or so; false when what it names is not there, or not so. */
  perform(command: HubCommand, signal: AbortSignal): Promise<boolean>;
  groupMembers(query: GroupMembersQuery, signal: AbortSignal): Promise<GroupMembersPage>;
  /** Where a client goes that negotiates. */
  route(describe: () => HubHttpRequest): Promise<NegotiateRoute>;
  /** Ends what waits with `closed`. */
  close(): Promise<void>;
}
