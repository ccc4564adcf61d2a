import { type HubMember, JoinedBy } from './hub-member.ts';

const NOBODY: ReadonlySet<HubMember> = new Set();

/** Who is in which group of one hub. Names are case-sensitive; a group exists while it has a member. */
export class Groups {
  readonly #members = new Map<string, Set<HubMember>>();

  get count(): number {
    return this.#members.size;
  }

  members(group: string): ReadonlySet<HubMember> {
    return this.#members.get(group) ?? NOBODY;
  }

  has(group: string): boolean {
    return this.#members.has(group);
  }

  join(member: HubMember, group: string, by: number = JoinedBy.Connection): void {
    member.groups ??= new Map();
    const before = member.groups.get(group);
    member.groups.set(group, (before ?? 0) | by);
    if (before !== undefined) return;
    const members = this.#members.get(group);
    if (members === undefined) this.#members.set(group, new Set([member]));
    else members.add(member);
  }

  /** Takes the member out, however it came in. */
  leave(member: HubMember, group: string): void {
    if (member.groups?.delete(group) === true) this.#remove(member, group);
    if (member.groups?.size === 0) member.groups = undefined;
  }

  /** Takes the member out unless it joined in another way as well. */
  leaveBy(member: HubMember, group: string, by: number): void {
    const left = (member.groups?.get(group) ?? 0) & ~by;
    if (left === 0) this.leave(member, group);
    else member.groups?.set(group, left);
  }

  leaveAll(member: HubMember): void {
    if (member.groups === undefined) return;
    for (const group of member.groups.keys()) this.#remove(member, group);
    member.groups = undefined;
  }

  #remove(member: HubMember, group: string): void {
    const members = this.#members.get(group);
    if (members === undefined) return;
    members.delete(member);
    if (members.size === 0) this.#members.delete(group);
  }
}
