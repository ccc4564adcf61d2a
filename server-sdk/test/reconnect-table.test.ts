// client-protocol 3.6, 4.2, 5.5, 5.7, 8: what the callbacks of the released client report, as docs/reconnect.md says.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type ObservedClient, RECONNECTS, TRANSPORTS } from './support/observed-client.ts';
import { GROUP, ReconnectStage } from './support/reconnect-stage.ts';
import { RECONNECT_TABLE, type ReconnectRow, renderReconnectTable } from './support/reconnect-table.ts';

const CANCELED = 'Invocation canceled due to the underlying connection being closed.';
const TO_GROUP = 1;
const TO_ALL = 2;
// A poll is on its way again after so many calls of others.
const CALLS_PER_POLL = 20;

/** All that happened to one client. */
interface Outcome {
  readonly reports: readonly string[];
  readonly hasSameId: boolean;
  readonly heard: readonly number[];
  readonly parked: string | undefined;
}

function expectedOf(row: ReconnectRow, { transport, reconnect }: ObservedClient): Outcome {
  if (reconnect === 'stateful' && transport === 'WebSockets' && row.isStatefulUnnoticed) {
    return { reports: [], hasSameId: true, heard: [TO_GROUP, TO_ALL], parked: 'released' };
  }
  const error = row.errors[transport];
  const text = error ?? 'no error';
  const ends = reconnect === 'none' || !row.comesBack;
  return {
    reports: ends ? [`closed: ${text}`] : [`reconnecting: ${text}`, 'reconnected'],
    hasSameId: false,
    heard: ends ? [] : [TO_ALL],
    parked: error ?? CANCELED,
  };
}

async function outcomeOf({ reports, hasSameId, heard, parked }: ObservedClient): Promise<Outcome> {
  return { reports, hasSameId, heard, parked: await parked };
}

describe.each(RECONNECT_TABLE)('$what', (row) => {
  test('every client reports what the table says', { timeout: 60_000 }, async () => {
    await using stage = await ReconnectStage.start();
    for (const reconnect of RECONNECTS) for (const transport of TRANSPORTS) await stage.connect(transport, reconnect);
    for (let call = 0; call < CALLS_PER_POLL; call++) await stage.clients[0]?.connection.invoke('double', call);
    await row.happen(stage);
    await Promise.all(stage.clients.map((client) => client.settled()));
    const { clients, diary } = stage.app;
    diary.release();
    await clients.group(GROUP).send('heard', TO_GROUP, '');
    await clients.all.send('heard', TO_ALL, '');
    const present = stage.clients.filter(({ connection }) => connection.state === 'Connected');
    for (const client of present) await expect.poll(() => client.heard).toContain(TO_ALL);
    for (const client of stage.clients) {
      expect({ client: [client.transport, client.reconnect], ...(await outcomeOf(client)) }).toEqual({
        client: [client.transport, client.reconnect],
        ...expectedOf(row, client),
      });
    }
  });
});

test('docs/reconnect.md has the table that was tested', async () => {
  const page = await readFile(new URL('../../docs/reconnect.md', import.meta.url), 'utf8');
  expect(page).toContain(`\n${renderReconnectTable()}\n`);
});
