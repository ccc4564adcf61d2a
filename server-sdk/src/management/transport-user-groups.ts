import { checkTtl, requireGroup, requireId } from './argument-rules.ts';
import type { HubTransport } from './hub-transport.ts';
import type { UserGroupManager, UserGroupOptions } from './user-group-manager.ts';

/** The groups of users, through a transport. */
export class TransportUserGroups implements UserGroupManager {
  readonly #transport: HubTransport;
  readonly #signal: AbortSignal;

  constructor(transport: HubTransport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  async add(userId: string, groupName: string, { ttlSeconds }: UserGroupOptions = {}): Promise<void> {
    const [user, group] = [requireId(userId, 'userId'), requireGroup(groupName)];
    const command = { do: 'add-user-to-group', userId: user, group, ttlSeconds: checkTtl(ttlSeconds) } as const;
    await this.#transport.perform(command, this.#signal);
  }

  async remove(userId: string, groupName: string): Promise<void> {
    const [user, group] = [requireId(userId, 'userId'), requireGroup(groupName)];
    await this.#transport.perform({ do: 'remove-user-from-group', userId: user, group }, this.#signal);
  }

  async removeFromAll(userId: string): Promise<void> {
    requireId(userId, 'userId');
    await this.#transport.perform({ do: 'remove-user-from-all-groups', userId }, this.#signal);
  }

  async has(userId: string, groupName: string): Promise<boolean> {
    const [user, group] = [requireId(userId, 'userId'), requireGroup(groupName)];
    return this.#transport.perform({ do: 'is-user-in-group', userId: user, group }, this.#signal);
  }
}
