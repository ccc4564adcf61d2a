import type { MessageBudget } from '../quota/message-budget.ts';

/** Bytes of one message that is counted (control-plane 8.3). */
export const MESSAGE_UNIT_BYTES = 2048;

/** A message of so many bytes counts as so many (control-plane 8.3). */
export function messageUnits(bytes: number): number {
  return bytes <= MESSAGE_UNIT_BYTES ? 1 : Math.ceil(bytes / MESSAGE_UNIT_BYTES);
}

/**
 * What went through one hub since it was first named: plain fields, counted on the way of every message and read on
 * demand. Payloads only: no frames, no pings.
 */
export class HubTraffic {
  /** From clients, app servers and REST calls. */
  inboundBytes = 0;
  /** To clients and app servers. */
  outboundBytes = 0;
  /** Outbound, in units of 2 KB, for each receiver. */
  messages = 0;
  readonly #budget: MessageBudget;

  /** `budget`: of the resource. */
  constructor(budget: MessageBudget) {
    this.#budget = budget;
  }

  received(bytes: number): void {
    this.inboundBytes += bytes;
  }

  sent(bytes: number): void {
    const units = messageUnits(bytes);
    this.outboundBytes += bytes;
    this.messages += units;
    this.#budget.spend(units);
  }
}
