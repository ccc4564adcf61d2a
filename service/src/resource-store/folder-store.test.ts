import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FolderStore } from './folder-store.ts';
import type { ResourceRecord } from './resource-record.ts';

const NOW = 1_700_000_000_000;

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'signalite-store-'));
  folder = join(root, 'resources');
});
afterEach(() => rm(root, { recursive: true }));

function record(name: string, change: Partial<ResourceRecord> = {}): ResourceRecord {
  return {
    recordVersion: 1,
    name,
    subscriptionId: 's',
    resourceGroup: 'g',
    location: 'eastus',
    sku: 'Standard_S1',
    capacity: 2,
    primaryKey: 'p'.repeat(44),
    secondaryKey: 's'.repeat(44),
    port: 1234,
    properties: { features: [{ flag: 'ServiceMode', value: 'Serverless' }] },
    createdAt: '2026-01-01T00:00:00Z',
    lastModifiedAt: '2026-01-01T00:00:00Z',
    ...change,
  };
}

const open = () => new FolderStore(folder, () => NOW);

describe('a folder of resources', () => {
  test('that is not there has none, and is not made', async () => {
    expect(await open().load()).toEqual({ records: [], broken: [] });
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });

  test('gives back what was kept', async () => {
    await open().save(record('one'));
    await open().save(record('Two', { capacity: 5 }));
    expect(await open().load()).toEqual({ records: [record('one'), record('Two', { capacity: 5 })], broken: [] });
  });

  test('holds one file a resource, readable by its owner alone', async () => {
    await open().save(record('One'));
    await open().save(record('one', { capacity: 3 }));
    expect(await readdir(folder)).toEqual(['one.json']);
    expect((await stat(join(folder, 'one.json'))).mode & 0o777).toBe(0o600);
  });

  test('forgets what was removed', async () => {
    const store = open();
    await store.save(record('one'));
    await store.remove('ONE');
    await store.remove('never-there');
    expect(await store.load()).toEqual({ records: [], broken: [] });
  });

  test('clears away what a process left that died while it wrote', async () => {
    await open().save(record('one'));
    await writeFile(join(folder, 'one.json.3456789'), '{"half":');
    expect((await open().load()).records).toEqual([record('one')]);
    expect(await readdir(folder)).toEqual(['one.json']);
  });
});

describe('a broken file', () => {
  test.each([
    ['no JSON', '{"name":', 'It is no JSON.'],
    ['no resource', '{"name":"one"}', 'subscriptionId: '],
    ['of another resource', JSON.stringify(record('other')), "It holds the resource 'other'."],
    ['with a short key', JSON.stringify(record('one', { primaryKey: 'short' })), 'primaryKey: must be at least 32'],
  ])('%s, is set aside with its bytes, and told of', async (_, text, reason) => {
    await open().save(record('two'));
    await writeFile(join(folder, 'one.json'), text);
    const { records, broken } = await open().load();
    expect(records).toEqual([record('two')]);
    const setAsideAs = join(folder, `one.json.broken-${NOW}`);
    expect(broken).toEqual([{ file: join(folder, 'one.json'), reason: expect.stringContaining(reason), setAsideAs }]);
    expect(await readFile(setAsideAs, 'utf8')).toBe(text);
  });

  test('says nothing of what is in it', async () => {
    await open().save(record('two'));
    await writeFile(join(folder, 'one.json'), '"my-secret-key');
    const { broken } = await open().load();
    expect(JSON.stringify(broken)).not.toContain('my-secret');
  });

  test('that cannot be moved is never overwritten', async () => {
    await open().save(record('two'));
    await writeFile(join(folder, 'one.json'), 'broken');
    // Something that no file can take the place of.
    await mkdir(join(folder, `one.json.broken-${NOW}`, 'in-the-way'), { recursive: true });
    const store = open();
    expect((await store.load()).broken).toMatchObject([{ setAsideAs: undefined }]);
    await expect(store.save(record('one'))).rejects.toThrow('cannot be read and cannot be moved');
    expect(await readFile(join(folder, 'one.json'), 'utf8')).toBe('broken');
  });
});

describe('a folder that cannot be written', () => {
  test('refuses a change', async () => {
    await writeFile(join(root, 'a-file'), '');
    const store = new FolderStore(join(root, 'a-file', 'resources'), () => NOW);
    await expect(store.save(record('one'))).rejects.toThrow('ENOTDIR');
  });

  test('keeps what it had when a change fails half-way', async () => {
    const store = open();
    await store.save(record('one'));
    const circular: Record<string, unknown> = {};
    circular['itself'] = circular;
    const properties = { cors: { circular } };
    await expect(store.save(record('one', { properties }))).rejects.toThrow('circular');
    expect((await store.load()).records).toEqual([record('one')]);
  });
});
