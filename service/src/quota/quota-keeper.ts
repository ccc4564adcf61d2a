import { MessageBudget } from './message-budget.ts';
import type { ResourceQuota } from './resource-quota.ts';

const DAY_MS = 86_400_000;

/** The text of the service for app servers that have used up the day (control-plane 8.2). */
export function messageLimitText(messagesPerDay: number): string {
  return `Maximum message count limit reached: ${messagesPerDay}`;
}

export interface QuotaKeeperOptions {
  /** In force now. */
  readonly quota: () => ResourceQuota;
  /** Client and server connections now. */
  readonly connections: () => number;
  /** The day's messages are used up. */
  readonly onSpent: (serverText: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whether a resource may take another connection or message (control-plane 8). */
export class QuotaKeeper {
  /** Messages of this day, in UTC. */
  readonly budget: MessageBudget;
  readonly #options: QuotaKeeperOptions;
  #day: number;

  constructor(options: QuotaKeeperOptions) {
    this.#options = options;
    this.#day = dayOf(options.now());
    this.budget = new MessageBudget(() => options.onSpent(messageLimitText(this.budget.limit)));
    this.budget.changeLimit(options.quota().messagesPerDay);
  }

  /** Connections that a resource takes at the same time; undefined: no limit. */
  get connectionLimit(): number | undefined {
    const { connections } = this.#options.quota();
    return Number.isFinite(connections) ? connections : undefined;
  }

  /** False when one more connection would be over the limit. */
  get hasRoom(): boolean {
    return this.#options.connections() < this.#options.quota().connections;
  }

  /** What app servers are told; undefined while there are messages left. */
  get spentText(): string | undefined {
    return this.budget.isSpent ? messageLimitText(this.budget.limit) : undefined;
  }

  /** Follows a change of the quota. */
  quotaChanged(): void {
    this.budget.changeLimit(this.#options.quota().messagesPerDay);
  }

  /** Messages are counted from 00:00 UTC on. */
  sweep(now: number): void {
    const day = dayOf(now);
    if (day === this.#day) return;
    this.#day = day;
    this.budget.reset();
  }
}

function dayOf(now: number): number {
  return Math.floor(now / DAY_MS);
}
