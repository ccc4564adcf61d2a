import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const folder = resolve(import.meta.dirname, '..');

async function examples(): Promise<string[]> {
  const text = await readFile(join(folder, 'README.md'), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '');
}

test('the examples of the README run', async () => {
  const found = await examples();
  expect(found).toHaveLength(1);
  await mkdir(join(folder, '.cache/readme'), { recursive: true });
  for (const [index, code] of found.entries()) {
    const file = join(folder, `.cache/readme/example-${index}.ts`);
    await writeFile(file, code);
    const { stdout } = await run('node', ['--conditions=@signalite/source', '--import', 'tsx', file], { cwd: folder });
    expect(stdout).toMatch(/^Endpoint=http:\/\/127\.0\.0\.1;Port=\d+;AccessKey=\w+;Version=1\.0;$/m);
  }
});

test('the README lists every option of the command line', async () => {
  const text = await readFile(join(folder, 'README.md'), 'utf8');
  const { START_FLAGS } = await import('../src/cli/start-options.ts');
  for (const { flags, environment } of Object.values(START_FLAGS)) {
    const [names = ''] = flags.split(' <');
    expect(text).toContain(`\`${names}\` | \`${environment}\``);
  }
});
