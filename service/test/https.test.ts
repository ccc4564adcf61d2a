// HTTPS, and addresses other than the one that is listened on.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { parseConnectionString } from '@signalite/protocol';
import { type Service, ServiceModeName, type ServiceOptions, startService } from 'signalite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { readCertificate } from '../src/cli/certificate-files.ts';
import { developmentCertificate, trustLine } from '../src/cli/development-certificate.ts';
import { clientToken } from './support/raw-client.ts';

const FIXTURES = new URL('./fixtures/', import.meta.url);
const PFX_PASSWORD = 'test';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalite-'));
});
afterAll(() => rm(folder, { recursive: true }));

function start(options: ServiceOptions) {
  return startService({ host: '127.0.0.1', port: 0, ...options });
}

/** Status of the health route, with nothing trusted but `ca`. */
function health({ port }: Service, ca: string | Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path: '/api/health', ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on('error', reject).end();
  });
}

describe('HTTPS', () => {
  test('with a certificate made on the first run, which the next run takes again', async () => {
    const own = join(folder, 'made');
    const made = await developmentCertificate(own);
    expect(made.isNew).toBe(true);
    expect((await stat(join(own, 'localhost.key'))).mode & 0o077).toBe(0);
    expect(await developmentCertificate(own)).toEqual({ ...made, isNew: false });
    await using service = await start({ https: made });
    expect(service.url).toBe(`https://127.0.0.1:${service.port}`);
    expect(service.connectionString).toContain('Endpoint=https://127.0.0.1;');
    expect(await health(service, made.cert)).toBe(200);
  });

  test('with one that ran out or is none, which is made anew', async () => {
    const own = join(folder, 'broken');
    await developmentCertificate(own);
    await writeFile(join(own, 'localhost.crt'), 'nonsense');
    expect((await developmentCertificate(own)).isNew).toBe(true);
  });

  test('with a PFX file', async () => {
    const pfx = await readCertificate({
      https: true,
      pfx: new URL('localhost.pfx', FIXTURES).pathname,
      pfxPassword: PFX_PASSWORD,
    });
    if (pfx === undefined) throw new Error('no certificate was read');
    await using service = await start({ https: pfx });
    expect(await health(service, await readFile(new URL('localhost.crt', FIXTURES)))).toBe(200);
  });

  test('the official client connects over wss', async () => {
    const { cert, key } = await developmentCertificate(join(folder, 'wss'));
    await using service = await start({ https: { cert, key }, serviceMode: ServiceModeName.Serverless });
    const token = await clientToken(service);
    class Trusting extends WebSocket {
      constructor(url: string, protocols: string[], options: object) {
        super(url, protocols, { ...options, ca: cert });
      }
    }
    const options = { transport: HttpTransportType.WebSockets, skipNegotiation: true, WebSocket: Trusting };
    const client = new HubConnectionBuilder()
      .withUrl(`${service.url}/client/?hub=chat`, { ...options, accessTokenFactory: () => token })
      .configureLogging(LogLevel.None)
      .build();
    await client.start();
    expect(service.counts.clients).toBe(1);
    await client.stop();
  });

  test.each([
    { what: 'a key of another certificate', files: { cert: 'localhost.crt' }, problem: /certificate for HTTPS/ },
    { what: 'a wrong password', files: { pfx: 'localhost.pfx' }, problem: /certificate for HTTPS/ },
  ])('$what is refused in words', async ({ files, problem }) => {
    const { key } = await developmentCertificate(join(folder, 'other'));
    const path = (name: string) => new URL(name, FIXTURES);
    const https =
      files.cert === undefined
        ? { pfx: await readFile(path(files.pfx)), passphrase: 'wrong' }
        : { cert: await readFile(path(files.cert)), key };
    await expect(start({ https })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringMatching(problem),
    });
  });

  test.each([
    { given: { cert: 'a' }, problem: '--cert and --key belong together: both name PEM files.' },
    { given: { pfx: 'a', key: 'b' }, problem: 'Give --pfx, or --cert with --key, not both.' },
    {
      given: { pfx: '/nowhere.pfx' },
      problem: 'The file of --pfx cannot be read: /nowhere.pfx. Check its path and its rights.',
    },
  ])('$given is refused', async ({ given, problem }) => {
    await expect(readCertificate({ https: true, ...given })).rejects.toMatchObject({ message: problem });
  });

  test.each([
    {
      platform: 'darwin',
      line: 'sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain "/x"',
    },
    { platform: 'win32', line: 'certutil -user -addstore Root "/x"' },
    {
      platform: 'linux',
      line: 'sudo cp "/x" /usr/local/share/ca-certificates/signalite.crt && sudo update-ca-certificates',
    },
  ] as const)('the line that makes $platform trust it', ({ platform, line }) => {
    expect(trustLine('/x', platform)).toBe(line);
  });
});

describe('endpoints', () => {
  test('stand in the connection string', async () => {
    await using service = await start({
      clientEndpoint: 'https://clients.example.com',
      serverEndpoint: 'http://signalr:8888',
    });
    expect(parseConnectionString(service.connectionString)).toMatchObject({
      endpoint: service.url,
      clientEndpoint: 'https://clients.example.com/',
      serverEndpoint: 'http://signalr:8888/',
    });
  });

  test.each(['signalr', 'ftp://signalr', ''])('%j is refused', async (clientEndpoint) => {
    await expect(start({ clientEndpoint })).rejects.toMatchObject({
      code: 'invalid-option',
      message: 'The client endpoint must be an http or https URL, such as https://signalr.example.com.',
    });
  });
});
