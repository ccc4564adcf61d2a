// Groups that a user is in, remembered beyond its connections (rest-api 7.4, service-protocol 8.3).

const YEAR_MS = 365 * 24 * 3600 * 1000;

interface Membership {
  readonly expiresAt: number;
  readonly hasTtl: boolean;
}

/** A membership that came to its end. */
export interface ExpiredMembership {
  readonly userId: string;
  readonly group: string;
}

/** Remembers which groups a user joins with every connection, until when. Pure: the caller moves connections. */
export class UserGroups {
  readonly #groups = new Map<string, Map<string, Membership>>();
  readonly #withoutTtlMax: number;
  readonly #usersMax: number;

  /**
   * `withoutTtlMax`: how many groups without an expiry are kept for one user; `usersMax`: how many users are remembered.
   * The oldest goes first.
   */
  constructor(withoutTtlMax: number, usersMax: number) {
    this.#withoutTtlMax = withoutTtlMax;
    this.#usersMax = usersMax;
  }

  /** `ttlSeconds`: absent, a year; 0, nothing is remembered; else that long. A new call replaces the expiry. */
  remember(userId: string, group: string, ttlSeconds: number | undefined, now: number): void {
    if (ttlSeconds === 0) return;
    const groups = this.#groups.get(userId) ?? new Map<string, Membership>();
    this.#groups.set(userId, groups);
    this.#forgetOldestUser();
    groups.delete(group); // so that the newest is last
    const hasTtl = ttlSeconds !== undefined;
    groups.set(group, { hasTtl, expiresAt: now + (hasTtl ? ttlSeconds * 1000 : YEAR_MS) });
    if (!hasTtl) this.#forgetOldest(groups);
  }

  /** Without a group: all groups of the user. */
  forget(userId: string, group?: string): void {
    const groups = this.#groups.get(userId);
    if (groups === undefined) return;
    if (group !== undefined) groups.delete(group);
    if (group === undefined || groups.size === 0) this.#groups.delete(userId);
  }

  has(userId: string, group: string, now: number): boolean {
    const membership = this.#groups.get(userId)?.get(group);
    return membership !== undefined && membership.expiresAt > now;
  }

  /** Groups that a connection of the user joins when it opens. */
  live(userId: string, now: number): string[] {
    const groups = this.#groups.get(userId);
    if (groups === undefined) return [];
    return [...groups].filter(([, membership]) => membership.expiresAt > now).map(([group]) => group);
  }

  /** Forgets what has expired and says what that was. */
  expire(now: number): ExpiredMembership[] {
    const expired: ExpiredMembership[] = [];
    for (const [userId, groups] of this.#groups) {
      for (const [group, membership] of groups) {
        if (membership.expiresAt > now) continue;
        groups.delete(group);
        expired.push({ userId, group });
      }
      if (groups.size === 0) this.#groups.delete(userId);
    }
    return expired;
  }

  #forgetOldestUser(): void {
    if (this.#groups.size <= this.#usersMax) return;
    for (const oldest of this.#groups.keys()) {
      this.#groups.delete(oldest);
      return;
    }
  }

  #forgetOldest(groups: Map<string, Membership>): void {
    const withoutTtl = [...groups].filter(([, membership]) => !membership.hasTtl);
    const excess = withoutTtl.length - this.#withoutTtlMax;
    for (const [group] of withoutTtl.slice(0, Math.max(0, excess))) groups.delete(group);
  }
}
