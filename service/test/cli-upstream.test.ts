// The command line and settings.json (upstream-and-emulator 4.1, 6.5).
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ProgramEnvironment, runProgram } from '../src/cli/program.ts';
import { CliProcess } from './support/cli-process.ts';
import { RawClient } from './support/raw-client.ts';
import { UpstreamListener } from './support/upstream-listener.ts';

const QUIET = ['--host', '127.0.0.1', '--port', '0', '--log-level', 'silent'];
const DEFAULT_LINE = "[0]http://localhost:7071/runtime/webhooks/signalr(event:'*',hub:'*',category:'*')\n";

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalite-'));
  path = join(folder, 'settings.json');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs one command line in the folder; a service is asked to stop as soon as it is ready. */
async function run(argv: readonly string[], environment: Partial<ProgramEnvironment> = {}) {
  const written = { out: '', error: '' };
  let stop: (() => void) | undefined;
  const exitCode = await runProgram(argv, {
    write(text) {
      written.out += text;
      if (text.includes('Ctrl+C')) setImmediate(() => stop?.());
    },
    writeError(text) {
      written.error += text;
    },
    askForKey: () => Promise.reject(new Error('nothing should be asked')),
    isTerminal: false,
    isErrorTerminal: false,
    workingFolder: folder,
    version: '1.2.3',
    onStopRequest(listener) {
      stop = listener;
      return () => undefined;
    },
    ...environment,
    // Nothing in anybody's home, and no port that others have.
    variables: { SIGNALITE_IN_MEMORY: 'true', SIGNALITE_CONTROL: 'false', ...environment.variables },
  });
  return { exitCode, ...written };
}

function settings(...urls: readonly string[]): string {
  return JSON.stringify({ UpstreamSettings: { Templates: urls.map((UrlTemplate) => ({ UrlTemplate })) } });
}

describe('upstream init', () => {
  test.each([
    { where: 'here', argv: [], at: 'settings.json' },
    { where: 'in another folder', argv: ['-o', 'a/b'], at: 'a/b/settings.json' },
    { where: 'in another folder', argv: ['--output', 'c'], at: 'c/settings.json' },
  ])('writes settings $where: $argv', async ({ argv, at }) => {
    const file = join(folder, at);
    expect(await run(['upstream', 'init', ...argv])).toEqual({
      exitCode: 0,
      out: `Wrote default upstream settings to '${file}'.\n`,
      error: '',
    });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ UpstreamSettings: { Templates: [{}] } });
  });

  test.each([
    { key: 'y', isReplaced: true },
    { key: 'Y', isReplaced: true },
    { key: 'n', isReplaced: false },
    { key: '\r', isReplaced: false },
    { key: '', isReplaced: false },
  ])('asks before it replaces a file; $key', async ({ key, isReplaced }) => {
    await writeFile(path, 'mine');
    let asked = '';
    const { exitCode, out } = await run(['upstream', 'init'], {
      askForKey(question) {
        asked = question;
        return Promise.resolve(key);
      },
    });
    expect(exitCode).toBe(0);
    expect(asked).toBe(`'${path}' is there already. Replace it with the default settings? (y/N) `);
    expect(out).toContain(isReplaced ? 'Wrote' : 'It stays as it is.');
    expect((await readFile(path, 'utf8')) === 'mine').toBe(!isReplaced);
  });

  test('says when it cannot write', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await run(['upstream', 'init', '-o', 'file'])).toEqual({
      exitCode: 1,
      out: '',
      error: `error: '${join(folder, 'file', 'settings.json')}' cannot be written (EEXIST).\n`,
    });
  });
});

describe('upstream list', () => {
  test.each([{ argv: [] }, { argv: ['-c', '.'] }, { argv: ['--config', 'settings.json'] }])(
    'prints what init wrote: $argv',
    async ({ argv }) => {
      await run(['upstream', 'init']);
      expect(await run(['upstream', 'list', ...argv])).toEqual({
        exitCode: 0,
        out: `Upstream settings of '${path}':\n${DEFAULT_LINE}`,
        error: '',
      });
    },
  );

  test('of no file', async () => {
    const { exitCode, out } = await run(['upstream', 'list']);
    expect(exitCode).toBe(0);
    expect(out).toContain('There is no settings.json here');
  });
});

test.each([['upstream', 'list'], ['start']])('%s %s: a named file must be there', async (...argv) => {
  const { exitCode, out, error } = await run([...argv.filter((one) => one !== undefined), '-c', 'missing']);
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  const file = join(folder, 'missing');
  expect(error).toContain(`error: There is no settings file at '${file}' or '${join(file, 'settings.json')}'.`);
});

test.each([
  { text: '{ "UpstreamSettings": ', reason: 'It is not JSON at line 1, column 23.' },
  { text: settings('h'), reason: 'The urlTemplate of template 1 must be an absolute URL' },
])('a file that cannot be used stops the start: $reason', async ({ text, reason }) => {
  await writeFile(path, text);
  const { exitCode, out, error } = await run(['start', ...QUIET]);
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  expect(error).toContain(`error: The settings file '${path}' cannot be used. ${reason}`);
});

describe('the mode', () => {
  test.each([
    { what: 'no file', text: undefined, mode: 'Default' },
    { what: 'a file about other things', text: '{"Logging":{}}', mode: 'Default' },
    { what: 'upstreams', text: settings('http://h/'), mode: 'Serverless' },
    { what: 'upstream settings without any', text: settings(), mode: 'Serverless' },
    { what: "the Resource Manager's shape", text: '{"templates":[{"urlTemplate":"http://h/"}]}', mode: 'Serverless' },
  ])('with $what is $mode', async ({ text, mode }) => {
    if (text !== undefined) await writeFile(path, text);
    const { exitCode, out } = await run(QUIET);
    expect(exitCode).toBe(0);
    expect(out).toContain(`signalite is ready in ${mode} mode.`);
  });

  test.each(['Default', 'Classic'])('%s, when it is given, wins', async (mode) => {
    await writeFile(path, settings('http://h/'));
    const { out } = await run([...QUIET, '-m', mode]);
    expect(out).toContain(`signalite is ready in ${mode} mode.`);
    expect(out).not.toContain('http://h/');
  });

  test('Serverless without a file says where upstreams can be written', async () => {
    const { out } = await run([...QUIET, '-m', 'Serverless']);
    expect(out).toContain(`No upstream: what clients send goes nowhere. Upstreams that you write into ${path}`);
  });
});

test('what is printed leaves out what may be a key', async () => {
  await mkdir(join(folder, 'config'));
  await writeFile(join(folder, 'config', 'settings.json'), settings('https://app.example/{hub}?code=secret'));
  const { out } = await run(QUIET, { variables: { SIGNALITE_CONFIG: 'config' } });
  expect(out).toContain('  https://app.example/{hub} (event *, hub *, category *)\n');
  expect(out).not.toContain('secret');
});

test("the official emulator's own flags are taken", async () => {
  const { exitCode, out } = await run(['start', '--ip', '127.0.0.1', '-p', '0', '--log-level', 'silent']);
  expect(exitCode).toBe(0);
  expect(out).toContain('Endpoint=http://127.0.0.1;Port=');
});

test('a running service takes up changes, survives errors, and finds secrets in the file and in the environment', async () => {
  await using app = await UpstreamListener.start();
  const put = async (text: string) => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  const reference = (name: string) => `{@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/${name})}`;
  const withSecrets = {
    UpstreamSettings: {
      Templates: [{ UrlTemplate: `${app.url}/after?a=${reference('in-file')}&b=${reference('in-env')}` }],
    },
    Secrets: { 'in-file': 'one' },
  };
  await put(settings(`${app.url}/before`));
  using cli = new CliProcess(['-c', path, '--host', '127.0.0.1', '--port', '0'], { IN_ENV: 'two' });
  const service = await cli.ready();
  expect(cli.stdout).toContain('ready in Serverless mode');
  const connect = async () => {
    using client = await RawClient.connect(service);
    client.webSocket.close();
    const [connected, disconnected] = [await app.calls.next(), await app.calls.next()];
    expect(disconnected.headers['x-asrs-event']).toBe('disconnected');
    return connected.url;
  };
  expect(await connect()).toBe('/before');
  await put('{');
  await expect.poll(() => cli.stderr, { timeout: 10_000 }).toContain('settingsFileBroken');
  expect(await connect()).toBe('/before');
  await put(JSON.stringify(withSecrets));
  await expect.poll(() => cli.stderr, { timeout: 10_000 }).toContain('settingsFileReloaded');
  expect(await connect()).toBe('/after?a=one&b=two');
  cli.signal('SIGTERM');
  expect(await cli.exited).toBe(0);
  expect(cli.stderr).not.toMatch(/"(one|two)"|a=one/);
});

test('upstream settings that a mode does not use are warned of', async () => {
  await writeFile(path, settings('http://h/?code=secret'));
  using cli = new CliProcess(['-c', path, '-m', 'Default', '--host', '127.0.0.1', '--port', '0']);
  await cli.ready();
  await expect
    .poll(() => cli.stderr, { timeout: 10_000 })
    .toContain('not used in Default mode. Start with --service-mode');
});
