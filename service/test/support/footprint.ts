import { setTimeout as glance } from 'node:timers/promises';

const GLANCE_MS = 5;
const DEADLINE_MS = 5000;

/** Sockets of this process that are in use: both ends count, where a test runs both. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

/** Resolves when no more sockets than these are open. Moves no clock, unlike `expect.poll`. */
export async function untilSockets(count: number): Promise<void> {
  const startedAt = performance.now();
  while (openSockets() > count) {
    if (performance.now() - startedAt > DEADLINE_MS) throw new Error(`there are still ${openSockets()} sockets`);
    await glance(GLANCE_MS);
  }
}
