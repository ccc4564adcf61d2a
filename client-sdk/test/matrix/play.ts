import { type MatrixClient, TRANSPORTS } from './matrix-client.ts';
import type { Observation } from './observations.ts';
import { SCENARIOS } from './scenarios.ts';

/** Every setting of a client: what carries text only does not carry MessagePack (client-protocol 2.4). */
export function settingsOf(client: MatrixClient) {
  return TRANSPORTS.flatMap((transport) =>
    client.protocols
      .filter((protocol) => transport !== 'ServerSentEvents' || protocol === 'json')
      .map((protocol) => ({ transport, protocol })),
  );
}

/** Plays everything, one scenario after the other: they share the hub's people. */
export async function playAll(client: MatrixClient, hubUrl: string): Promise<Observation[]> {
  const seen: Observation[] = [];
  for (const scenario of SCENARIOS) {
    for (const setting of settingsOf(client)) {
      const lines = await scenario.play({ client, hubUrl, ...setting }).catch(failed);
      seen.push({ scenario: scenario.name, ...setting, lines });
    }
  }
  return seen;
}

/** A scenario that does not come to its end is an observation too. */
export function failed(error: unknown): string[] {
  return [`does not end: ${error instanceof Error ? error.message : String(error)}`];
}
