// The command line as a process: what it prints, where its logs go, how it ends.
import { readFile } from 'node:fs/promises';
import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { CliProcess } from './support/cli-process.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { httpRequest } from './support/http-request.ts';
import { clientToken, RawClient } from './support/raw-client.ts';
import { rawToken } from './support/raw-token.ts';
import { socketClients } from './support/socket-client.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const LOCAL = ['--host', '127.0.0.1', '--port', '0'];
const KEY = 'a-key-of-these-tests-0123456789-0123456789';
const SECOND_KEY = 'another-key-of-these-tests-0123456789-01234';
// Half of what a graceful end may take.
const AT_ONCE_MS = 2500;

test('it prints one connection string, logs JSON without secrets, and ends gracefully', async () => {
  using cli = new CliProcess([], {
    SIGNALITE_HOST: '127.0.0.1',
    SIGNALITE_PORT: '0',
    SIGNALITE_ACCESS_KEY: KEY,
    SIGNALITE_SECONDARY_ACCESS_KEY: SECOND_KEY,
    SIGNALITE_LOG_LEVEL: 'trace',
  });
  const service = await cli.ready();
  expect(service.connectionString).toBe(`Endpoint=http://127.0.0.1;Port=${service.port};AccessKey=${KEY};Version=1.0;`);
  expect(cli.stdout.match(/Endpoint=/g)).toHaveLength(1);
  expect(cli.stdout).toContain('signalite is ready in Default mode.');

  using server = await FakeAppServer.connect(service);
  using client = await RawClient.connect(service, { userId: 'ann' });
  const token = await clientToken(service, { hub: 'other' });
  const path = `/client?hub=chat&access_token=${token}`;
  expect((await httpRequest(service, { path })).status).toBe(401);

  cli.signal('SIGINT');
  expect(await client.message()).toEqual({ type: 7, allowReconnect: true });
  expect(await client.closed).toBe(1000);
  expect(await server.closed).toBe(1000);
  expect(await cli.exited).toBe(0);

  const lines = cli.stderr
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const events = lines.map((line) => expect.objectContaining({ event: nameOf(line), level: expect.any(Number) }));
  expect(lines).toEqual(events);
  expect(lines.map(nameOf)).toEqual([
    'serverConnected',
    'clientNegotiated',
    'clientConnected',
    'clientAssigned',
    'requestRefused',
    'clientClosed',
    'serverClosed',
  ]);
  for (const secret of [KEY, SECOND_KEY, ...token.split('.')]) expect(cli.stderr).not.toContain(secret);
});

test('flags win over the environment, and SIGTERM is as good as SIGINT', async () => {
  using cli = new CliProcess(['start', ...LOCAL, '--access-key', KEY, '--log-format', 'human'], {
    SIGNALITE_PORT: '1',
    SIGNALITE_ACCESS_KEY: SECOND_KEY,
    SIGNALITE_LOG_FORMAT: 'json',
  });
  const service = await cli.ready();
  expect(service.connectionString).toContain(`AccessKey=${KEY};`);
  expect(service.port).toBeGreaterThan(1);
  expect((await httpRequest(service, { path: '/nothing' })).status).toBe(404);
  cli.signal('SIGTERM');
  expect(await cli.exited).toBe(0);
  expect(cli.stderr).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: Request refused \{"event":"requestRefused".*\}\n$/);
});

test('a second signal ends it at once', async () => {
  using cli = new CliProcess(LOCAL);
  const service = await cli.ready();
  using server = await FakeAppServer.connect(service);
  let told: () => void = () => undefined;
  const isTold = new Promise<void>((resolve) => {
    told = resolve;
  });
  // This client is told of the end, and never answers.
  using _client = await (await socketClients(service))((payload) => {
    if (payload.includes('"type":7')) told();
  });
  await server.expect(4);
  cli.signal('SIGINT');
  await isTold;
  const before = performance.now();
  cli.signal('SIGINT');
  expect(await cli.exited).toBe(0);
  expect(performance.now() - before).toBeLessThan(AT_ONCE_MS);
});

test('a port in use is one clear line', async () => {
  await using other = await startService({ host: '127.0.0.1', port: 0 });
  using cli = new CliProcess(['--host', '127.0.0.1', '--port', `${other.port}`]);
  expect(await cli.exited).toBe(1);
  expect(cli.stdout).toBe('');
  expect(cli.stderr).toBe(
    `error: Port ${other.port} on 127.0.0.1 is in use. Stop the program that has it, or choose another with --port.\n`,
  );
});

test('the version is that of the package', async () => {
  using cli = new CliProcess(['--version']);
  expect(await cli.exited).toBe(0);
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  expect(cli.stdout).toBe(`${JSON.parse(manifest).version}\n`);
});

test('an unknown flag ends it with 2', async () => {
  using cli = new CliProcess(['--prot', '9000']);
  expect(await cli.exited).toBe(2);
  expect(cli.stdout).toBe('');
  expect(cli.stderr).toMatch(/^error: unknown option '--prot'\n\(Did you mean --port\?\)\n/);
});

function nameOf(line: unknown): unknown {
  return typeof line === 'object' && line !== null && 'event' in line ? line.event : undefined;
}

test('asked to be lenient, it takes a token for another hub, and none with another signature', async () => {
  using cli = new CliProcess([...LOCAL, '--auth', 'lenient'], {});
  const service = await cli.ready();
  const negotiate = (token: string) =>
    httpRequest(service, {
      method: 'POST',
      path: '/client/negotiate?hub=chat',
      headers: { authorization: `Bearer ${token}` },
    });
  const token = await clientToken(service, { hub: 'other' });
  expect((await negotiate(token)).status).toBe(200);
  expect((await negotiate(`${token}x`)).status).toBe(401);
});

test('with Microsoft Entra ID it prints where to sign in, and logs neither tokens nor keys', async () => {
  using cli = new CliProcess([...LOCAL, '--entra', 'trust', '--log-level', 'trace']);
  const service = await cli.ready();
  expect(cli.stdout).toContain(`\n  Endpoint=http://127.0.0.1;Port=${service.port};AuthType=azure;Version=1.0;\n`);
  const token = rawToken({ alg: 'RS256' }, { aud: 'https://signalr.azure.com', exp: 4e9 }, 'unchecked');
  using server = await FakeAppServer.connect(service, { token });
  server.send({ type: 28, token: `${token}.y` });
  expect((await server.expect(29)).errorType).toBeDefined();
  server.send({ type: 28, token });
  const { kid = '', accessKey = '' } = await server.expect(29);
  const headers = { authorization: `Bearer ${token}` };
  const { text } = await httpRequest(service, { path: '/api/v1/auth/accessKey', headers });
  expect(JSON.parse(text)).toEqual({ KeyId: kid, AccessKey: accessKey });
  const signed = await makeToken({ key: accessKey, keyId: kid, audience: sdkAudience('client', 'chat') });
  using client = await RawClient.connect(service, { token: signed });
  expect((await httpRequest(service, { path: '/server?hub=chat', headers })).status).toBe(426);
  cli.signal('SIGINT');
  await client.closed;
  expect(await cli.exited).toBe(0);
  expect(cli.stderr).toContain('accessKeyRefused');
  for (const secret of [accessKey, ...token.split('.'), ...signed.split('.')]) expect(cli.stderr).not.toContain(secret);
});

test('it warns when it checks no tokens', async () => {
  using cli = new CliProcess([...LOCAL, '--auth', 'off']);
  const service = await cli.ready();
  expect((await httpRequest(service, { path: '/api/hubs/chat/users/ann' })).status).toBe(404);
  cli.signal('SIGINT');
  expect(await cli.exited).toBe(0);
  expect(cli.stderr).toContain('No tokens are checked: every program and every web page on this machine can use');
});
