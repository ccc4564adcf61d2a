import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLIENT_VERSION } from './client-version.ts';

test('the version is that of the package', async () => {
  const manifest: unknown = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));
  expect(manifest).toMatchObject({ version: CLIENT_VERSION });
});
