import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { measureMemory, memoryFigures } from './memory.ts';

const MB = 2 ** 20;
const server = createServer();
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** This process, as one that answers so when it is asked for its memory. */
async function watched(answer: string) {
  server.removeAllListeners('request').on('request', (_, response) => {
    response.setHeader('connection', 'close');
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { name: 'service', pid: process.pid, memoryUrl: `http://127.0.0.1:${port}/` };
}

test('a process that can be asked says what a collection leaves', async () => {
  const usage = await measureMemory(await watched('{"liveBytes":5}'), { collects: true });
  expect(usage.rssBytes).toBeGreaterThan(MB);
  expect(usage.collected).toEqual({ liveBytes: 5, rssBytes: expect.any(Number) });
});

test('nothing is collected where that would disturb', async () => {
  const usage = await measureMemory(await watched('{"liveBytes":5}'), { collects: false });
  expect(usage.collected).toBeUndefined();
});

test('an answer without a number is an error', async () => {
  await expect(measureMemory(await watched('{}'), { collects: true })).rejects.toThrow('does not say how much');
});

test('figures are what each connection added', () => {
  const before = { rssBytes: 10 * MB, collected: { liveBytes: 2 * MB, rssBytes: 8 * MB } };
  const after = { rssBytes: 30 * MB, collected: { liveBytes: 7 * MB, rssBytes: 18 * MB } };
  expect(memoryFigures(before, after, 1024)).toEqual({
    rssMb: 30,
    rssPerConnectionKb: 20,
    collectedRssPerConnectionKb: 10,
    livePerConnectionKb: 5,
  });
});

test('without a collection there are figures of what is resident only', () => {
  const before = { rssBytes: MB, collected: undefined };
  expect(memoryFigures(before, { ...before, rssBytes: 2 * MB }, 1024)).toEqual({ rssMb: 2, rssPerConnectionKb: 1 });
});
