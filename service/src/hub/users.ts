import type { HubMember } from './hub-member.ts';

const NOBODY: ReadonlySet<HubMember> = new Set();

/** The open connections of each user of one hub. Ids are case-sensitive. */
export class Users {
  readonly #members = new Map<string, Set<HubMember>>();

  members(userId: string): ReadonlySet<HubMember> {
    return this.#members.get(userId) ?? NOBODY;
  }

  has(userId: string): boolean {
    return this.#members.has(userId);
  }

  add(member: HubMember): void {
    if (member.userId === undefined) return;
    const members = this.#members.get(member.userId);
    if (members === undefined) this.#members.set(member.userId, new Set([member]));
    else members.add(member);
  }

  remove(member: HubMember): void {
    if (member.userId === undefined) return;
    const members = this.#members.get(member.userId);
    members?.delete(member);
    if (members?.size === 0) this.#members.delete(member.userId);
  }
}
