import { setTimeout as glance } from 'node:timers/promises';
import type { WebSocket } from 'ws';

// A write that nobody takes for so long is stuck. On a slow machine it may be a little early: then less is stuck.
const GLANCE_MS = 200;
const MESSAGES_MAX = 5000;

/**
 * Sends a message again and again until one stays with its sender: the sockets hold all they can, and the service does
 * not read. Gives how many were sent. Throws when somebody reads on: sockets hold 40 MB at most.
 */
export async function sendUntilStuck(peer: WebSocket, message: Uint8Array | string): Promise<number> {
  for (let sent = 1; sent <= MESSAGES_MAX; sent++) {
    const taken = new Promise<boolean>((resolve) => peer.send(message, () => resolve(true)));
    if (!(await Promise.race([taken, glance(GLANCE_MS, false)]))) return sent;
  }
  throw new Error('the service reads all');
}
