import { setTimeout as pause } from 'node:timers/promises';
import { Violation } from './violation.ts';

const AGAIN_MS = 50;
const UNTIL_MS = 8000;

/** Asks again and again until the answer is the expected one: for what time alone brings, and nothing tells. */
export async function requireInTime<T>(
  what: string,
  ask: () => Promise<T>,
  expected: T,
  withinMs: number = UNTIL_MS,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (let answer = await ask(); answer !== expected; answer = await ask()) {
    if (Date.now() >= deadline) throw new Violation(`${what} ${expected} within ${withinMs} ms`, `${answer}`);
    await pause(AGAIN_MS);
  }
}
