import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';

// Every example of the README runs, and prints what its comments say.

const readme = new URL('../README.md', import.meta.url);
const cache = new URL('../.cache/', import.meta.url);
const examples = [...(await readFile(readme, 'utf8')).matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '');

function printed(code: string): string[] {
  return [...code.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line ?? '');
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('there are examples', () => {
  expect(examples.length).toBe(3);
  expect(examples.every((code) => printed(code).length > 0)).toBe(true);
});

test.each(examples.map((code, index) => ({ code, number: index + 1 })))('example $number', async ({ code }) => {
  await mkdir(cache, { recursive: true });
  const file = `${await mkdtemp(`${fileURLToPath(cache)}readme-`)}/example.ts`;
  const log = vi.spyOn(console, 'log').mockReturnValue();
  try {
    await writeFile(file, code);
    await import(file);
  } finally {
    await rm(dirname(file), { recursive: true });
  }
  expect(log.mock.calls.map((values) => values.join(' ').replaceAll('\u001e', '␞'))).toEqual(printed(code));
});
