import { SignalRServerError } from '../errors.ts';
import { checkIds, checkPageSize, checkTop, requireGroup, requireId } from './argument-rules.ts';
import type { ClientManager } from './client-manager.ts';
import type { GroupMember, GroupMembersOptions } from './group-members.ts';
import type { HubCommand } from './hub-command.ts';
import type { HubTransport } from './hub-transport.ts';

/** What can be asked about clients and done to them, through a transport. */
export class TransportClientManager implements ClientManager {
  readonly #transport: HubTransport;
  readonly #signal: AbortSignal;

  constructor(transport: HubTransport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  async connectionExists(connectionId: string): Promise<boolean> {
    return this.#perform({ do: 'connection-exists', connectionId: requireId(connectionId, 'connectionId') });
  }

  async userExists(userId: string): Promise<boolean> {
    return this.#perform({ do: 'user-exists', userId: requireId(userId, 'userId') });
  }

  async groupExists(groupName: string): Promise<boolean> {
    return this.#perform({ do: 'group-exists', group: requireGroup(groupName) });
  }

  async closeConnection(connectionId: string, reason = ''): Promise<void> {
    await this.#perform({ do: 'close-connection', connectionId: requireId(connectionId, 'connectionId'), reason });
  }

  async closeUser(userId: string, reason = '', except: readonly string[] = []): Promise<void> {
    checkIds(except, 'except');
    await this.#perform({ do: 'close-user', userId: requireId(userId, 'userId'), reason, except });
  }

  async closeGroup(groupName: string, reason = '', except: readonly string[] = []): Promise<void> {
    checkIds(except, 'except');
    await this.#perform({ do: 'close-group', group: requireGroup(groupName), reason, except });
  }

  async closeAll(reason = '', except: readonly string[] = []): Promise<void> {
    checkIds(except, 'except');
    await this.#perform({ do: 'close-all', reason, except });
  }

  groupMembers(groupName: string, options: GroupMembersOptions = {}): AsyncIterable<GroupMember> {
    const { pageSize = 200, top = Number.POSITIVE_INFINITY } = options;
    return this.#members(requireGroup(groupName), checkPageSize(pageSize), checkTop(top));
  }

  async *#members(group: string, pageSize: number, top: number): AsyncGenerator<GroupMember> {
    let left = top;
    let continuationToken: string | undefined;
    do {
      const query = { group, pageSize: Math.min(pageSize, left), continuationToken };
      const page = await this.#transport.groupMembers(query, this.#signal);
      const members = page.members.slice(0, left);
      left -= members.length;
      yield* members;
      if (page.continuationToken === continuationToken && continuationToken !== undefined) throw stuck();
      continuationToken = page.continuationToken;
    } while (continuationToken !== undefined && left > 0);
  }

  #perform(command: HubCommand): Promise<boolean> {
    return this.#transport.perform(command, this.#signal);
  }
}

function stuck(): SignalRServerError {
  return new SignalRServerError('request-failed', 'The service gave the same page of the group twice.');
}
