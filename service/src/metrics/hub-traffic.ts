import type { MessageBudget } from '../quota/message-budget.ts';

const PING = 6;
const JSON_PING_BYTES = 11;
const JSON_TYPE_AT = 8;
const PING_DIGIT = 0x36;
const BRACE = 0x7d;
const PACK_PING_BYTES = 3;
const ONE_ELEMENT = 0x91;

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

  /** A client's bytes on their way to its app server: pings are free. */
  forwarded(bytes: Uint8Array): void {
    if (!isHubPing(bytes)) this.sent(bytes.length);
  }

  sent(bytes: number): void {
    const units = messageUnits(bytes);
    this.outboundBytes += bytes;
    this.messages += units;
    this.#budget.spend(units);
  }
}

/** `{"type":6}` with its separator, or [6] with its length. */
function isHubPing(bytes: Uint8Array): boolean {
  if (bytes.length === JSON_PING_BYTES) return bytes[JSON_TYPE_AT] === PING_DIGIT && bytes[JSON_TYPE_AT + 1] === BRACE;
  return bytes.length === PACK_PING_BYTES && bytes[1] === ONE_ELEMENT && bytes[2] === PING;
}
