import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Inbox } from '../../test/support/inbox.ts';
import { SettingsFileWatch } from './settings-file-watch.ts';

const INTERVAL_MS = 5;

let folder = '';
let path = '';
let watch: SettingsFileWatch;
let told: Inbox<string>;

function textOf(...urls: readonly string[]): string {
  return JSON.stringify({ UpstreamSettings: { Templates: urls.map((UrlTemplate) => ({ UrlTemplate })) } });
}

/** Nobody sees it half written. */
async function put(text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

function watchFrom(text: string | undefined): void {
  const listener = {
    changed: ({ templates }: { templates: readonly { urlTemplate: string }[] }) =>
      told.push(templates.map(({ urlTemplate }) => urlTemplate).join(' ')),
    broken: (reason: string) => told.push(`broken: ${reason}`),
  };
  watch = new SettingsFileWatch(path, listener, { text, intervalMs: INTERVAL_MS });
  watch.start();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalite-'));
  path = join(folder, 'settings.json');
  told = new Inbox('listener');
});

afterEach(async () => {
  await watch.close();
  await rm(folder, { recursive: true, force: true });
});

test('a file that is written anew', async () => {
  await put(textOf('http://a/'));
  watchFrom(textOf('http://a/'));
  for (const urls of [['http://b/', 'http://c/'], []]) {
    await writeFile(path, textOf(...urls));
    // While it is written it may be broken.
    expect(await told.find((one) => !one.startsWith('broken'))).toBe(urls.join(' '));
  }
});

test('a file that another is put in place of, again and again', async () => {
  await writeFile(path, textOf('http://0/'));
  watchFrom(textOf('http://0/'));
  for (const url of ['http://1/', 'http://2/', 'http://3/']) {
    await put(textOf(url));
    expect(await told.next()).toBe(url);
  }
});

test('what changed between reading and watching', async () => {
  await writeFile(path, textOf('http://b/'));
  watchFrom(textOf('http://a/'));
  expect(await told.next()).toBe('http://b/');
});

test('a file that was not there at first', async () => {
  watchFrom(undefined);
  await writeFile(path, textOf('http://a/'));
  expect(await told.find((one) => !one.startsWith('broken'))).toBe('http://a/');
});

test('a broken file is told of once, and what it said goes on to hold', async () => {
  await put(textOf('http://a/'));
  watchFrom(textOf('http://a/'));
  await put('{"UpstreamSettings":');
  expect(await told.find((one) => one.startsWith('broken'))).toMatch(/^broken: It is not JSON at line 1/);
  await put(textOf('a'));
  expect(await told.find((one) => one.startsWith('broken: The'))).toContain('The urlTemplate of template 1 must be');
  await put(textOf('http://b/'));
  expect(await told.find((one) => !one.startsWith('broken'))).toBe('http://b/');
  expect(told.rest).toEqual([]);
});

test('a file that goes and comes back', async () => {
  await writeFile(path, textOf('http://a/'));
  watchFrom(textOf('http://a/'));
  await rm(path);
  expect(await told.next()).toBe('broken: It is gone.');
  await writeFile(path, textOf('http://b/'));
  expect(await told.find((one) => !one.startsWith('broken'))).toBe('http://b/');
});

describe('look by look', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Lets one look happen; the next is due when it is over. */
  async function look(): Promise<void> {
    vi.advanceTimersByTime(INTERVAL_MS);
    while (vi.getTimerCount() === 0) await immediate();
  }

  test('a file that is half written at one look and whole at the next is not broken', async () => {
    watchFrom(textOf('http://a/'));
    for (const text of [textOf('http://b/').slice(0, 20), textOf('http://b/'), '', textOf('http://c/')]) {
      await writeFile(path, text);
      await look();
    }
    expect(told.rest).toEqual(['http://b/', 'http://c/']);
  });

  test('a broken one is, at the second look and never again', async () => {
    await writeFile(path, '{');
    watchFrom(textOf('http://a/'));
    const counts: number[] = [];
    for (let looks = 0; looks < 4; looks += 1) {
      await look();
      counts.push(told.rest.length);
    }
    expect(counts).toEqual([0, 1, 1, 1]);
  });

  test('nothing is told after the end, even in the middle of a look, and no timer is left', async () => {
    await writeFile(path, textOf('http://a/'));
    watchFrom(textOf('http://b/'));
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(INTERVAL_MS);
    await watch.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(told.rest).toEqual([]);
  });
});
