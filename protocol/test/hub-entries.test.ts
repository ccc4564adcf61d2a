import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const entry = (path: string): URL => new URL(`../src/${path}`, import.meta.url);

/** The packages that `file` and what it imports load; types do not count. */
function loaded(file: URL, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file.href)) return new Set();
  seen.add(file.href);
  const packages = new Set<string>();
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*? from '([^']+)';$/gms);
  for (const [, name = ''] of statements) {
    if (!name.startsWith('.')) packages.add(name);
    else for (const inner of loaded(new URL(name, file), seen)) packages.add(inner);
  }
  return packages;
}

test('only the MessagePack entry loads a MessagePack library', () => {
  expect([...loaded(entry('index.ts'))]).toEqual([]);
  expect([...loaded(entry('service/index.ts'))]).toEqual([]);
  expect([...loaded(entry('hub/messagepack-hub-protocol.ts'))]).toEqual(['@msgpack/msgpack']);
});
