import type { HubClient } from './peers/hub-client.ts';
import { requireThat } from './require.ts';
import type { HubMessage } from './wire/hub-protocol.ts';

/** The target of numbered invocations, and of the one behind the last of them. */
export const NUMBER = 'number';
export const END = 'end';

/** An invocation that carries its number. */
export function numbered(number: number): HubMessage {
  return { type: 1, target: NUMBER, arguments: [number] };
}

/** The invocation behind the last number. */
export const LAST: HubMessage = { type: 1, target: END, arguments: [] };

/** The number that an invocation carries; undefined at the end. */
export function numberOf({ target, arguments: args }: HubMessage): unknown {
  if (target === END) return undefined;
  return Array.isArray(args) ? args[0] : args;
}

/** Requires 1 to `count`: nothing lost, doubled or out of order. `whose` says where they were counted. */
export function requireCounted(whose: string, numbers: readonly unknown[], count: number): void {
  const wrong = numbers.findIndex((number, index) => number !== index + 1);
  const around = numbers.slice(Math.max(0, wrong - 2), wrong + 3);
  requireThat(wrong < 0, `${whose}: ${wrong + 1} in place ${wrong + 1} of the numbers`, around);
  requireThat(numbers.length === count, `${whose}: ${count} numbers`, numbers.length);
}

/** Requires that a client gets 1 to `count`, then the end. */
export async function requireCountedDown(client: HubClient, count: number): Promise<void> {
  const numbers: unknown[] = [];
  const whose = `a ${client.protocol} client`;
  for (;;) {
    const number = numberOf(await client.next(`number ${numbers.length + 1} or the end for ${whose}`, 1));
    if (number === undefined) break;
    numbers.push(number);
  }
  requireCounted(whose, numbers, count);
}
