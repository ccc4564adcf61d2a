import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { UnsecuredJWT } from 'jose';
import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { DEFAULT_MANAGEMENT_OPTIONS } from '../src/management/management-options.ts';
import { DEFAULT_HUB_OPTIONS, DEFAULT_SIGNALR_OPTIONS } from '../src/options.ts';
import { Calls, CLIENTS } from './support/official-client.ts';
import { openTestService } from './support/test-service.ts';

const folder = resolve(import.meta.dirname, '..');
const readme = await readFile(join(folder, 'README.md'), 'utf8');
const [app = '', client = '', desk = '', trial = '', ...more] = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, code = '']) => code,
);
const [services = ''] = more.filter((code) => code.includes('endpointsFromEnvironment'));
const [entra = ''] = more.filter((code) => code.includes('DefaultAzureCredential'));
const [news = ''] = more.filter((code) => code.includes('createManagementClient'));
/** The adapters share the hub of the first example. */
const SHARED = "from './signalr.ts'";
const signalr = `${app.slice(0, app.indexOf('const server ='))}\nexport { signalr };\n`;

/** Runs an example and gives its output, line by line. */
async function run(name: string, code: string, environment: Record<string, string>) {
  await mkdir(join(folder, '.cache/readme'), { recursive: true });
  const file = join(folder, `.cache/readme/${name}.ts`);
  await writeFile(file, code);
  const child = spawn('node', ['--conditions=@signalite/source', '--import', 'tsx', file], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, lines: createInterface({ input: child.stdout }) };
}

async function firstLine(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) return line;
  throw new Error('the example ended without a word');
}

async function exitCode(child: ChildProcess): Promise<unknown> {
  return child.exitCode ?? new Promise((resolveCode) => child.once('exit', resolveCode));
}

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return String(typeof address === 'object' ? address?.port : undefined);
}

async function talk(name: string, code: string): Promise<void> {
  await using service = await openTestService();
  await talkThrough(name, code, { SIGNALR_CONNECTION_STRING: service.connectionString });
}

/** Runs an app of the README, and the client of the README on it. */
async function talkThrough(name: string, code: string, services: Record<string, string>): Promise<void> {
  const environment = { PORT: await freePort(), ...services };
  const running = await run(name, code, environment);
  try {
    expect(await firstLine(running.lines)).toBe('ready');
    const talking = await run('client', client, environment);
    expect(await firstLine(talking.lines)).toBe('ann: Hello');
    expect(await exitCode(talking.child)).toBe(0);
  } finally {
    running.child.kill('SIGKILL');
  }
}

test('the app and the client of the README talk to each other', () => talk('app', app));

test.each(['hono', 'express', 'fastify'])('the client of the README talks to the app on %s', async (framework) => {
  const code = more.find((one) => one.includes(SHARED) && one.includes(`from '${framework}'`));
  await mkdir(join(folder, '.cache/readme'), { recursive: true });
  await writeFile(join(folder, '.cache/readme/signalr.ts'), signalr);
  await talk(framework, code ?? '');
});

test('the client of the README talks to the app on several services', async () => {
  await using east = await startService({ host: '127.0.0.1', port: 0 });
  await using west = await startService({ host: '127.0.0.1', port: 0 });
  await talkThrough('services', services, {
    Azure__SignalR__ConnectionString__east: east.connectionString,
    Azure__SignalR__ConnectionString__west__secondary: west.connectionString,
  });
});

test('the client of the README talks to the app that signs in with Microsoft Entra', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0, entra: { mode: 'trust' } });
  await standInForIdentity();
  await talkThrough('entra', entra, { SIGNALR_CONNECTION_STRING: service.entraConnectionString ?? '' });
});

/** In place of `@azure/identity`, which nothing else needs: a credential whose tokens nobody has signed. */
async function standInForIdentity(): Promise<void> {
  const identity = join(folder, '.cache/readme/node_modules/@azure/identity');
  const expiresAt = Math.floor(Date.now() / 1000) + 3600;
  const token = new UnsecuredJWT({}).setAudience('https://signalr.azure.com').setExpirationTime(expiresAt).encode();
  const answer = JSON.stringify({ token, expiresOnTimestamp: expiresAt * 1000 });
  await mkdir(identity, { recursive: true });
  await writeFile(join(identity, 'package.json'), '{"type":"module","exports":"./index.js"}');
  await writeFile(
    join(identity, 'index.js'),
    `export class DefaultAzureCredential { async getToken() { return ${answer}; } }`,
  );
}

test('what the server without hubs publishes reaches a client', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0, serviceMode: 'Serverless' });
  const port = await freePort();
  const running = await run('news', news, { PORT: port, SIGNALR_CONNECTION_STRING: service.connectionString });
  const reader = CLIENTS[10].build(`http://localhost:${port}/news`, 'json', false);
  const headlines = new Calls(reader, 'headline');
  try {
    expect(await firstLine(running.lines)).toBe('ready');
    await reader.start();
    expect(await (await fetch(`http://localhost:${port}/publish`)).text()).toBe('published');
    expect(await headlines.next()).toEqual(['Signals are light']);
  } finally {
    await reader.stop();
    running.child.kill('SIGKILL');
  }
});

test.each([
  ['large hub', 'desk', desk],
  ['hub with filters', 'trial', trial],
])('the %s of the README can be served', async (_what, name, code) => {
  const { child } = await run(name, code, {});
  expect(await exitCode(child)).toBe(0);
});

test('no code of the README is left out', () => {
  const known = [services, entra, news];
  expect(more.filter((code) => !code.includes(SHARED) && !known.includes(code))).toEqual([]);
});

test('the README lists every option with its default', () => {
  const all = [DEFAULT_HUB_OPTIONS, DEFAULT_SIGNALR_OPTIONS, DEFAULT_MANAGEMENT_OPTIONS];
  for (const [name, value] of all.flatMap((one): [string, unknown][] => Object.entries(one)))
    expect(readme).toContain(`| \`${name}\` | ${written(value)} |`);
});

function written(value: unknown): string {
  if (value === Number.POSITIVE_INFINITY) return 'no limit';
  if (typeof value === 'number' && value % 2 ** 20 === 0 && value > 0) return `${value / 2 ** 20} MiB`;
  if (typeof value === 'number') return value.toLocaleString('en-US');
  if (Array.isArray(value)) return `\`[${value.map((one) => `'${one}'`).join(', ')}]\``;
  return typeof value === 'string' ? `\`${value}\`` : String(value);
}
