/** Somebody who took a name. */
export interface Member {
  readonly name: string;
  readonly rooms: Set<string>;
}

/** Who is in the chat, by connection. One for the whole app: hubs live for one call only. */
export class ChatRoster {
  readonly #members = new Map<string, Member>();

  /** Everybody's name, sorted. */
  names(): string[] {
    return [...this.#members.values()].map(({ name }) => name).sort((a, b) => a.localeCompare(b));
  }

  /** False when somebody else has the name. */
  register(connectionId: string, name: string): boolean {
    const holder = this.connectionOf(name);
    if (holder !== undefined && holder !== connectionId) return false;
    this.#members.set(connectionId, { name, rooms: new Set() });
    return true;
  }

  get(connectionId: string): Member | undefined {
    return this.#members.get(connectionId);
  }

  /** Names compare without case. */
  connectionOf(name: string): string | undefined {
    const wanted = name.toLowerCase();
    for (const [connectionId, member] of this.#members) {
      if (member.name.toLowerCase() === wanted) return connectionId;
    }
    return undefined;
  }

  /** Takes somebody out and says who it was. */
  remove(connectionId: string): Member | undefined {
    const member = this.#members.get(connectionId);
    this.#members.delete(connectionId);
    return member;
  }
}
