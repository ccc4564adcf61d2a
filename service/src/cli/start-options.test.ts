import { expect, test } from 'vitest';
import { readStartOptions, START_FLAGS, type StartOptionName } from './start-options.ts';

const DEFAULTS = {
  host: 'localhost',
  port: 8888,
  accessKey: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH',
  auth: 'strict',
  entra: 'off',
  inMemory: false,
  control: true,
  controlPort: 8889,
  quota: true,
  enforceQuota: false,
  https: false,
  logLevel: 'info',
  logFormat: 'auto',
};
const KEY = 'k'.repeat(32);
const PORT_PROBLEM = 'The port must be a whole number from 0 to 65535; 0 takes any free one.';

test('nothing need be said', () => {
  expect(readStartOptions({}, {})).toEqual({ options: DEFAULTS });
});

const given: { readonly [N in StartOptionName]: { readonly text: string; readonly value: unknown } } = {
  host: { text: '127.0.0.1', value: '127.0.0.1' },
  port: { text: '9000', value: 9000 },
  serviceMode: { text: 'classic', value: 'Classic' },
  config: { text: 'folder', value: 'folder' },
  accessKey: { text: KEY, value: KEY },
  secondaryAccessKey: { text: KEY, value: KEY },
  auth: { text: 'Lenient', value: 'lenient' },
  entra: { text: 'Trust', value: 'trust' },
  entraIssuer: { text: 'https://sts.example/', value: 'https://sts.example/' },
  entraJwks: { text: 'https://sts.example/keys', value: 'https://sts.example/keys' },
  entraAudience: { text: 'https://signalr.example', value: 'https://signalr.example' },
  state: { text: 'folder', value: 'folder' },
  logFolder: { text: 'logs', value: 'logs' },
  inMemory: { text: 'true', value: true },
  control: { text: 'false', value: false },
  controlPort: { text: '9001', value: 9001 },
  quota: { text: 'false', value: false },
  enforceQuota: { text: 'true', value: true },
  clientEndpoint: { text: 'http://clients:1', value: 'http://clients:1' },
  serverEndpoint: { text: 'http://servers:1', value: 'http://servers:1' },
  https: { text: 'true', value: true },
  cert: { text: 'a.crt', value: 'a.crt' },
  key: { text: 'a.key', value: 'a.key' },
  pfx: { text: 'a.pfx', value: 'a.pfx' },
  pfxPassword: { text: 'secret', value: 'secret' },
  logLevel: { text: 'DEBUG', value: 'debug' },
  logFormat: { text: 'Human', value: 'human' },
};
test.each(Object.entries(given))('%s comes by flag or by environment', (name, { text, value }) => {
  const expected = { options: { ...DEFAULTS, [name]: value } };
  expect(readStartOptions({ [name]: text }, {})).toEqual(expected);
  const variable = Object.entries(START_FLAGS).find(([option]) => option === name)?.[1].environment ?? '';
  expect(variable).toMatch(/^SIGNALITE_[A-Z_]+$/);
  expect(readStartOptions({}, { [variable]: text })).toEqual(expected);
});

test('a flag wins over the environment, also when the environment is wrong', () => {
  expect(readStartOptions({ port: '9000' }, { SIGNALITE_PORT: 'nonsense' })).toMatchObject({ options: { port: 9000 } });
});

test('an empty variable says nothing', () => {
  expect(readStartOptions({}, { SIGNALITE_PORT: '', SIGNALITE_ACCESS_KEY: '' })).toEqual({ options: DEFAULTS });
});

test.each(['0', '1', '65535', '08888'])('port %s is one', (port) => {
  expect(readStartOptions({ port }, {})).toMatchObject({ options: { port: Number(port) } });
});

test.each(['', ' ', '-1', '65536', '99999999', '1.5', '0x50', '1e3', ' 80', 'http'])('port "%s" is none', (port) => {
  expect(readStartOptions({ port }, {})).toEqual({ problem: PORT_PROBLEM });
});

test.each([
  { name: 'accessKey', flag: '--access-key' },
  { name: 'secondaryAccessKey', flag: '--secondary-access-key' },
])('$flag needs 32 bytes, whatever characters they make', ({ name, flag }) => {
  expect(readStartOptions({ [name]: 'é'.repeat(16) }, {})).toMatchObject({ options: { [name]: 'é'.repeat(16) } });
  const short = 'k'.repeat(31);
  const read = readStartOptions({ [name]: short }, {});
  expect(read).toEqual({
    problem: `${flag} must be at least 32 bytes long, so that tokens cannot be forged by guessing.`,
  });
  expect(JSON.stringify(read)).not.toContain(short);
});

test.each([
  { flags: { serviceMode: 'Fast' }, problem: 'The service mode must be one of Default, Serverless, Classic.' },
  {
    flags: { logLevel: 'loud' },
    problem: 'The log level must be one of trace, debug, info, warn, error, silent.',
  },
  { flags: { auth: 'none' }, problem: 'The check of tokens must be one of strict, lenient, off.' },
  {
    flags: { entra: 'on' },
    problem: 'The check of tokens of Microsoft Entra ID must be one of off, trust, verify.',
  },
  { flags: { logFormat: 'xml' }, problem: 'The log format must be one of auto, human, json.' },
  { flags: { host: '' }, problem: 'The host must not be empty.' },
])('$problem', ({ flags, problem }) => {
  expect(readStartOptions(flags, {})).toEqual({ problem });
});

test('all that is wrong is said at once', () => {
  expect(readStartOptions({ port: 'x', host: '' }, {})).toEqual({
    problem: `The host must not be empty. ${PORT_PROBLEM}`,
  });
});

test.each([
  { name: 'control', variable: 'SIGNALITE_CONTROL' },
  { name: 'quota', variable: 'SIGNALITE_QUOTA' },
])('$name: what commander says of a flag that was not given does not hide the environment', ({ name, variable }) => {
  expect(readStartOptions({ [name]: true }, { [variable]: 'false' })).toMatchObject({ options: { [name]: false } });
  expect(readStartOptions({ [name]: false }, { [variable]: 'true' })).toMatchObject({ options: { [name]: false } });
});
