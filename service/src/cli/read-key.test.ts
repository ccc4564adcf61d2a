import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readKey } from './read-key.ts';

test.each([
  { input: 'y', key: 'y' },
  { input: 'yes\n', key: 'y' },
  { input: '\n', key: '\n' },
  { input: '', key: '' },
])('of $input it takes $key', async ({ input, key }) => {
  const stream = new PassThrough();
  stream.end(input);
  expect(await readKey(stream)).toBe(key);
  expect(stream.isPaused()).toBe(true);
});

test('a terminal gives single keys while it is asked', async () => {
  const modes: boolean[] = [];
  const terminal = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(isRaw: boolean) {
      modes.push(isRaw);
    },
  });
  const key = readKey(terminal);
  expect(modes).toEqual([true]);
  terminal.write('Y');
  expect(await key).toBe('Y');
  expect(modes).toEqual([true, false]);
});
