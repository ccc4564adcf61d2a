import { inspect, isDeepStrictEqual } from 'node:util';
import { Violation } from './violation.ts';

const SHOWN_CHARACTERS = 600;

/** Requires equality, deep and strict. `what` names the thing in wire terms. */
export function requireEqual(what: string, came: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(came, expected)) throw new Violation(`${what} ${shown(expected)}`, shown(came));
}

/** Requires that something holds of what came. */
export function requireThat(holds: boolean, expected: string, came: unknown): asserts holds {
  if (!holds) throw new Violation(expected, shown(came));
}

/** Requires a text that matches. */
export function requireMatch(what: string, came: unknown, pattern: RegExp): void {
  requireThat(typeof came === 'string' && pattern.test(came), `${what} that matches ${pattern}`, came);
}

/** A value in one line. Long ones are cut. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 6 });
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)` : text;
}
