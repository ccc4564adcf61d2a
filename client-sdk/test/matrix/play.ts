import { type MatrixClient, type MatrixProtocol, type MatrixTransport, TRANSPORTS } from './matrix-client.ts';
import type { Observation } from './observations.ts';
import { SCENARIOS } from './scenarios.ts';

/** Every way to connect, as far as there is one: what carries text only carries no MessagePack (client-protocol 2.4). */
export const SETTINGS: readonly { readonly transport: MatrixTransport; readonly protocol: MatrixProtocol }[] =
  TRANSPORTS.flatMap((transport) =>
    (['json', 'messagepack'] as const)
      .filter((protocol) => transport !== 'ServerSentEvents' || protocol === 'json')
      .map((protocol) => ({ transport, protocol })),
  );

export function settingsOf({ protocols }: MatrixClient): typeof SETTINGS {
  return SETTINGS.filter(({ protocol }) => protocols.includes(protocol));
}

/** Plays everything, one scenario after the other: they share the hub's people. */
export async function playAll(client: MatrixClient, hubUrl: string): Promise<Observation[]> {
  const seen: Observation[] = [];
  for (const { name: scenario, play } of SCENARIOS) {
    for (const setting of settingsOf(client)) {
      const lines = await play({ client, hubUrl, ...setting }).catch(unended);
      seen.push({ scenario, client: client.name, ...setting, lines });
    }
  }
  return seen;
}

const UNENDED = 'does not end: ';

/** A scenario that does not come to its end is an observation too. */
function unended(error: unknown): string[] {
  return [`${UNENDED}${error instanceof Error ? error.message : String(error)}`];
}

export function hasEnded({ lines }: Observation): boolean {
  return lines.every((line) => !line.startsWith(UNENDED));
}
