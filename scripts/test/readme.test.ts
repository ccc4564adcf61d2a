import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ServiceEvent, startService } from 'signalite';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

test('the TypeScript example of the README connects its hub', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  expect(code).toContain('listen(5000)');
  // Next to the sample, whose packages are those that a reader would install; on a free port.
  const folder = join(root, 'samples/chat/.cache');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'readme-example.ts');
  await writeFile(file, (code ?? '').replace('listen(5000)', "listen(0, '127.0.0.1')"));

  let connected: (event: ServiceEvent) => void = () => undefined;
  const hubConnected = new Promise<ServiceEvent>((resolveEvent) => {
    connected = resolveEvent;
  });
  await using service = await startService({
    host: '127.0.0.1',
    port: 0,
    onEvent: (event) => {
      if (event.name === 'serverConnected') connected(event);
    },
  });
  const child = spawn('node', ['--conditions=@signalite/source', '--import', 'tsx', file], {
    cwd: root,
    env: { ...process.env, SIGNALR_CONNECTION_STRING: service.connectionString },
    stdio: 'inherit',
  });
  try {
    expect(await hubConnected).toMatchObject({ hub: 'chathub', kind: 'default' });
  } finally {
    child.kill('SIGKILL');
  }
});

test('the README shows what the well-known connection string really is', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const { DEFAULT_PORT, WELL_KNOWN_ACCESS_KEY } = await import('signalite');
  expect(readme).toContain(
    `Endpoint=http://localhost;Port=${DEFAULT_PORT};AccessKey=${WELL_KNOWN_ACCESS_KEY};Version=1.0;`,
  );
});
