import { randomUUID } from 'node:crypto';
import type { AppServer } from './peers/app-server.ts';
import type { HubClient } from './peers/hub-client.ts';
import { requireEqual, shown } from './require.ts';
import { isUser, toConnections } from './wire/hub-requests.ts';

const INVOCATION = 1;

/** Waits until the service has done what `server` asked for so far: one server connection is handled in order. */
export async function settled(server: AppServer): Promise<void> {
  await server.acked(isUser('nobody'));
}

/**
 * Requires that a client got invocations of just these targets, in order, of all that `sender` sent before. A fence that
 * `sender` sends now tells when nothing more comes.
 */
export async function requireReceived(sender: AppServer, client: HubClient, targets: readonly string[]): Promise<void> {
  const fence = `fence-${randomUUID()}`;
  sender.send(toConnections([client.connectionId], fence));
  const came: string[] = [];
  for (;;) {
    const { target } = await client.next(`invocations of ${shown(targets)}, and the fence behind them`, INVOCATION);
    if (target === fence) break;
    came.push(String(target));
  }
  requireEqual('invocations of', came, targets);
}
