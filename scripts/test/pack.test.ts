import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

// What users get: the packed packages, installed together in an empty folder.

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const PACKAGES = ['protocol', 'service', 'server-sdk', 'client-sdk'];
const INSTALL_MS = 180_000;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalite-pack-'));
  const args = PACKAGES.flatMap((name) => ['--workspace', name]);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, ...args], { cwd: root });
  const tarballs = tarballNames(stdout).map((name) => join(folder, name));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], { cwd: folder });
}, INSTALL_MS);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Build output may come before the list, and npm 12 lists by package name. */
function tarballNames(output: string): string[] {
  const parsed: unknown = JSON.parse(output.slice(output.search(/^[[{]/m)));
  return Object.values(parsed ?? {}).map((one: { filename: string }) => one.filename);
}

test('npx signalite runs the service', async () => {
  const child = spawn('npx', ['signalite', '--port', '0', '--host', '127.0.0.1'], { cwd: folder, detached: true });
  try {
    const connectionString = await firstLine(child, /Endpoint=/);
    const [, port] = /Port=(\d+)/.exec(connectionString) ?? [];
    const health = await fetch(`http://127.0.0.1:${port}/api/health`);
    expect(health.status).toBe(200);
  } finally {
    await stop(child);
  }
});

test('service, hub and client work together in plain Node', async () => {
  const script = `
    import { createServer } from 'node:http';
    import { HubConnectionBuilder } from '@signalite/client';
    import { messagePack } from '@signalite/client/messagepack';
    import { jsonHubProtocol } from '@signalite/protocol';
    import { Hub, withAzureSignalR } from '@signalite/server';
    import { startService } from 'signalite';
    class Sums extends Hub {
      add(a, b) {
        return a + b;
      }
    }
    const service = await startService({ host: '127.0.0.1', port: 0 });
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const signalr = withAzureSignalR({ connectionString: service.connectionString, hubs: { Sums }, logger });
    await signalr.start();
    const server = createServer(signalr.negotiateListener('Sums')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = 'http://127.0.0.1:' + server.address().port;
    for (const protocol of [jsonHubProtocol, messagePack]) {
      const hub = new HubConnectionBuilder().withUrl(url).withHubProtocol(protocol).build();
      await hub.start();
      console.log(protocol.name, await hub.invoke('add', 1, 2));
      await hub.stop();
    }
    server.closeAllConnections();
    server.close();
    await signalr.close();
    await service.close();`;
  const { stdout } = await run('node', ['--input-type=module', '--eval', script], { cwd: folder });
  expect(stdout.trim()).toBe('json 3\nmessagepack 3');
});

async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) if (pattern.test(line)) return line;
  throw new Error('the process ended without the line that was awaited');
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  // npx runs the command in a child of its own: the whole group must go.
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  await ended;
}
