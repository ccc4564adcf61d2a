/** Somebody's connection, as the service names it. */
export interface Guest {
  readonly connectionId: string;
  /** The user id of the token. */
  readonly name: string;
}

/** Who is here. Nobody keeps this for the app: the service only says who comes and who goes. */
export class GuestList {
  readonly #names = new Map<string, string>();

  /** True when nobody of that name was here. */
  add({ connectionId, name }: Guest): boolean {
    const isNew = this.connectionsOf(name).length === 0;
    this.#names.set(connectionId, name);
    return isNew;
  }

  /** True when that was the last connection of that name. */
  remove(connectionId: string): boolean {
    const name = this.#names.get(connectionId);
    this.#names.delete(connectionId);
    return name !== undefined && this.connectionsOf(name).length === 0;
  }

  connectionsOf(name: string): string[] {
    return [...this.#names].filter(([, one]) => one === name).map(([connectionId]) => connectionId);
  }

  /** Each name once, sorted. */
  names(): string[] {
    return [...new Set(this.#names.values())].sort((a, b) => a.localeCompare(b));
  }
}
