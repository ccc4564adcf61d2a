import { setTimeout as glance, setImmediate as turn } from 'node:timers/promises';
import { bufferBytes } from './buffer-bytes.ts';

const GLANCE_MS = 5;
const DEADLINE_MS = 5000;
const LOOKS = 10;
const BUFFER_SLACK_BYTES = 1024 * 1024;

/** What a process holds at one moment. */
export interface Footprint {
  readonly sockets: number;
  readonly timers: number;
  readonly bufferBytes: number;
}

/** Sockets of this process that are in use: both ends count, where a test runs both. */
export function openSockets(): number {
  return countActive('TCPSocketWrap');
}

/** Resolves when no more sockets than these are open. Moves no clock, unlike `expect.poll`. */
export async function untilSockets(count: number): Promise<void> {
  await until(
    () => openSockets() <= count,
    () => `there are still ${openSockets()} sockets`,
  );
}

export async function takeFootprint(): Promise<Footprint> {
  let timers = Number.POSITIVE_INFINITY;
  // The test runner has timers of its own that come and go.
  for (let look = 0; look < LOOKS; look++) {
    await turn();
    timers = Math.min(timers, countActive('Timeout'));
  }
  return { sockets: openSockets(), timers, bufferBytes: bufferBytes() };
}

/** Resolves when the process holds no more than it did; rejects and says what is left. */
export async function untilBackTo(before: Footprint): Promise<void> {
  await untilSockets(before.sockets);
  await until(
    () => countActive('Timeout') <= before.timers,
    () => `there are still ${countActive('Timeout') - before.timers} timers`,
  );
  // Collected buffers are given back by another thread, a little later.
  await until(
    () => bufferBytes() <= before.bufferBytes + BUFFER_SLACK_BYTES,
    () => `there are still ${bufferBytes() - before.bufferBytes} bytes in buffers`,
  );
}

function countActive(kind: 'TCPSocketWrap' | 'Timeout'): number {
  return process.getActiveResourcesInfo().filter((name) => name === kind).length;
}

async function until(holds: () => boolean, describe: () => string): Promise<void> {
  const startedAt = performance.now();
  while (!holds()) {
    if (performance.now() - startedAt > DEADLINE_MS) throw new Error(describe());
    await glance(GLANCE_MS);
  }
}
