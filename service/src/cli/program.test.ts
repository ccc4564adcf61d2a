import { expect, test } from 'vitest';
import { runProgram } from './program.ts';
import { START_FLAGS } from './start-options.ts';

/** Runs one command line that does not get as far as to listen. */
async function run(argv: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const written = { out: '', error: '' };
  const exitCode = await runProgram(argv, {
    write(text) {
      written.out += text;
    },
    writeError(text) {
      written.error += text;
    },
    isTerminal: false,
    isErrorTerminal: false,
    askForKey: () => Promise.resolve(''),
    workingFolder: '.',
    variables,
    version: '1.2.3',
    onStopRequest: () => () => undefined,
  });
  return { exitCode, ...written };
}

test.each([['--version'], ['-v']])('%s', async (flag) => {
  expect(await run([flag])).toEqual({ exitCode: 0, out: '1.2.3\n', error: '' });
});

test.each([['--help'], ['-h'], ['help']])('%s tells of every option, its variable and examples', async (flag) => {
  const { exitCode, out, error } = await run([flag]);
  expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
  for (const { flags, help } of Object.values(START_FLAGS)) {
    expect(out).toContain(flags);
    expect(out).toContain(help);
  }
  expect(out).toContain('SIGNALITE_PORT=9000');
  expect(out).toContain('Examples:');
});

test('start --help tells of its options', async () => {
  const { exitCode, out } = await run(['start', '--help']);
  expect(exitCode).toBe(0);
  for (const { flags } of Object.values(START_FLAGS)) expect(out).toContain(flags);
});

test.each([
  { argv: ['--prot', '9000'], hint: '--port' },
  { argv: ['start', '--access-kye', 'x'], hint: '--access-key' },
  { argv: ['--log-levl', 'debug'], hint: '--log-level' },
])('$argv is not known; $hint is', async ({ argv, hint }) => {
  const { exitCode, out, error } = await run(argv);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(error).toContain(`(Did you mean ${hint}?)\n(signalite --help lists what there is)\n`);
});

test.each([
  { argv: ['--port'], error: /^error: option '-p, --port <number>' argument missing\n/ },
  { argv: ['start', 'now'], error: /^error: too many arguments for 'start'\. Expected 0 arguments but got 1\.\n/ },
])('$argv cannot be read', async ({ argv, error }) => {
  const result = await run(argv);
  expect(result).toMatchObject({ exitCode: 2, out: '' });
  expect(result.error).toMatch(error);
});

const KEY = 'k'.repeat(40);
test.each([
  {
    argv: ['--port', 'http'],
    error: 'error: The port must be a whole number from 0 to 65535; 0 takes any free one.\n',
  },
  {
    argv: ['--service-mode', 'Fast'],
    error: 'error: The service mode must be one of Default, Serverless, Classic.\n',
  },
  {
    argv: ['--access-key', 'too-short'],
    error: 'error: --access-key must be at least 32 bytes long, so that tokens cannot be forged by guessing.\n',
  },
  {
    argv: ['--access-key', `${KEY};${KEY}`],
    error: 'error: Invalid connection string. AccessKey must not contain a semicolon: it would end there.\n',
  },
  {
    argv: ['--secondary-access-key', ` ${KEY}`],
    error: 'error: Invalid connection string. AccessKey must not start or end with white space: it would be trimmed.\n',
  },
  {
    argv: ['--host', '0.0.0.0', '--auth', 'off'],
    error:
      'error: Without tokens the service is open to everybody who reaches it. Listen on localhost, or check them: --auth strict.\n',
  },
  {
    argv: ['--host', '0.0.0.0', '--entra', 'trust'],
    error: expect.stringMatching(/^error: .* Listen on localhost, or verify them: --entra verify/),
  },
  {
    argv: ['--entra', 'verify', '--entra-issuer', 'https://sts.example/'],
    error:
      'error: To verify tokens of Microsoft Entra ID takes their issuer and the URL of its keys: --entra-issuer and --entra-jwks.\n',
  },
])('$argv cannot be used', async ({ argv, error }) => {
  expect(await run(argv)).toEqual({ exitCode: 2, out: '', error });
});

test('nor can a variable', async () => {
  const { exitCode, error } = await run([], { SIGNALITE_LOG_LEVEL: 'loud' });
  expect(exitCode).toBe(2);
  expect(error).toBe('error: The log level must be one of trace, debug, info, warn, error, silent.\n');
});
