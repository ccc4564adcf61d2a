// What a process was about to keep when it was killed is there as a whole or not at all.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FolderStore } from '../../src/resource-store/folder-store.ts';
import type { ResourceRecord } from '../../src/resource-store/resource-record.ts';

const CHILD = fileURLToPath(new URL('kill-store.ts', import.meta.url));
const KILLS = 100;
const SIDE_BY_SIDE = 2;
const WHOLE_TEST_MS = 180_000;
const DEADLINE_MS = 20_000;

const FIRST: ResourceRecord = {
  recordVersion: 1,
  name: 'victim',
  subscriptionId: 's',
  resourceGroup: 'g',
  location: 'eastus',
  sku: 'Standard_S1',
  capacity: 1,
  primaryKey: 'p'.repeat(44),
  secondaryKey: 's'.repeat(44),
  port: 1234,
  properties: {},
  createdAt: '2026-01-01T00:00:00Z',
  lastModifiedAt: '2026-01-01T00:00:00Z',
};

/** Lets a process change the resource so many times, and kills it in the next change. Gives the last revision it began. */
async function killAfter(changes: number, folder: string, from: ResourceRecord): Promise<number> {
  const options = ['--conditions=@signalite/source', '--import', 'tsx', CHILD, folder, JSON.stringify(from)];
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(DEADLINE_MS) });
  let last = 0;
  let isKilled = false;
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    last = Math.max(last, ...lines.map(Number));
    if (last < from.capacity + changes || isKilled) return;
    isKilled = true;
    child.kill('SIGKILL');
  });
  const [, signal] = await ended;
  expect(signal).toBe('SIGKILL');
  return last;
}

async function killAgainAndAgain(times: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'signalite-kill-'));
  let record = FIRST;
  let survived = 0;
  try {
    for (let kill = 0; kill < times; kill++) {
      const begun = await killAfter(kill % 5, folder, record);
      const { records, broken } = await new FolderStore(folder, Date.now).load();
      expect(broken).toEqual([]);
      const [found] = records;
      // The first change of all may not have been made.
      if (found === undefined) expect(begun).toBe(FIRST.capacity);
      else {
        expect([begun - 1, begun]).toContain(found.capacity);
        expect(found.tags?.['filler']).toHaveLength(1000 + (found.capacity % 7) * 1000);
        record = found;
        survived += 1;
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return survived;
}

test('a hundred times, the old state or the new one', { timeout: WHOLE_TEST_MS }, async () => {
  const times = KILLS / SIDE_BY_SIDE;
  const survived = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => killAgainAndAgain(times)));
  // At most the very first change of each is lost; else nothing would have been kept at all.
  for (const one of survived) expect(one).toBeGreaterThan(times / 2);
});
