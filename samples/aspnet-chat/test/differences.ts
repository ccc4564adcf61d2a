import { asKestrel } from '../../../service/test/sdk-scenario/explained.ts';

const CONTEXT_LINES = 3;
const SHOWN_LINES = 6;

/** Text about the first place where clients see something else; empty when they see the same. */
export function firstDifference(expected: readonly string[], actual: readonly string[]): string {
  const seen = actual.map(asKestrel);
  const at = Array.from({ length: Math.max(expected.length, seen.length) }, (_, index) => index).find(
    (index) => expected[index] !== seen[index],
  );
  if (at === undefined) return '';
  const before = expected.slice(Math.max(0, at - CONTEXT_LINES), at).map((line) => `    ${line}`);
  const wanted = expected.slice(at, at + SHOWN_LINES).map((line) => `  - ${line}`);
  const got = seen.slice(at, at + SHOWN_LINES).map((line) => `  + ${line}`);
  return [`line ${at + 1} (-: expected, +: through the service)`, ...before, ...wanted, ...got].join('\n');
}
