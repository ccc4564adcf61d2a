import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Service, startService } from 'signalite';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const RUN_MS = 60_000;
let service: Service;
let folder: string;

beforeAll(async () => {
  service = await startService({ host: '127.0.0.1', port: 0 });
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
});
afterAll(() => service.close());

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function run(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=@signalite/source', '--import', 'tsx', 'src/cli.ts', ...args], {
    cwd: PACKAGE,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_MS,
    env: {
      ...process.env,
      SIGNALR_CONNECTION_STRING: '',
      VITEST: undefined,
      VITEST_WORKER_ID: undefined,
      VITEST_POOL_ID: undefined,
    },
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output, errors })));
}

function check(...args: readonly string[]): Promise<Ended> {
  return run('--connection-string', service.connectionString, ...args);
}

test('all is as required: 0, a line an area, and the reports', { timeout: RUN_MS }, async () => {
  const [json, junit] = [join(folder, 'results.json'), join(folder, 'results.xml')];
  const { code, output } = await check('--area', 'tokens', '--json', json, '--junit', junit);
  expect(output).toMatch(/tokens +18 passed\n/);
  expect(output).toContain('as required: 18 passed');
  expect(output).not.toContain('\u001b');
  expect(code).toBe(0);
  const results: unknown = JSON.parse(await readFile(json, 'utf8'));
  expect(results).toMatchObject({ numTotalTests: 18, numPassedTests: 18, success: true });
  expect(await readFile(junit, 'utf8')).toContain('tokens.audience.one-of-several');
});

test('something is not: 1, what was required, what came', { timeout: RUN_MS }, async () => {
  await using lenient = await startService({ host: '127.0.0.1', port: 0, auth: 'lenient' });
  const { code, output } = await run('--connection-string', lenient.connectionString, '--select', 'tokens.expired');
  expect(output).toContain('FAILED  tokens.expired');
  expect(output).toContain('A token that ended more than the clock skew ago gets 401. (service-protocol 2.1)');
  expect(output).toContain('expected the status of negotiate 401; came 200');
  expect(code).toBe(1);
});

test('what is expected to fail may, and must', { timeout: RUN_MS }, async () => {
  await using lenient = await startService({ host: '127.0.0.1', port: 0, auth: 'lenient' });
  const file = join(folder, 'lenient.txt');
  await writeFile(file, 'tokens.expired # signatures only\n');
  const args = ['--select', 'tokens.expired', '--expected-failures', file];
  const expected = await run('--connection-string', lenient.connectionString, ...args);
  expect([expected.code, expected.output]).toEqual([0, expect.stringContaining('1 expected to fail')]);
  const stale = await check(...args);
  expect([stale.code, stale.output]).toEqual([1, expect.stringContaining('PASSED  tokens.expired')]);
});

test('nothing behind the connection string: every check is red, none is silent', { timeout: RUN_MS }, async () => {
  const nowhere = 'Endpoint=http://127.0.0.1;Port=9;AccessKey=x;Version=1.0;';
  const { code, output } = await run('--connection-string', nowhere, '--select', 'tokens.missing');
  expect(output).toContain('NOT TESTED  tokens.missing');
  expect(code).toBe(1);
});

test('nothing is selected: that is no success', { timeout: RUN_MS }, async () => {
  expect((await check('--select', 'no.such.check')).code).toBe(1);
});

test.each([
  [['--service-mode', 'Defualt'], "--service-mode must be one of Default, Serverless, Classic, not 'Defualt'."],
  [['--feature', 'magic'], '--feature must be one of'],
  [['--nope'], "Unknown option '--nope'"],
])('%j: 2, and what to write instead', { timeout: RUN_MS }, async (args, message) => {
  const { code, errors } = await check(...args);
  expect(errors).toContain(message);
  expect(code).toBe(2);
});

test('no connection string: 2', { timeout: RUN_MS }, async () => {
  const { code, errors } = await run();
  expect(errors).toContain('Give a connection string');
  expect(code).toBe(2);
});

test('lists what it knows', { timeout: RUN_MS }, async () => {
  const { code, output } = await run('--list', '--area', 'negotiate');
  expect(output).toContain('negotiate.v1.token-differs-from-id\n    With negotiateVersion 1');
  expect(output).not.toContain('tokens.');
  expect(code).toBe(0);
});
