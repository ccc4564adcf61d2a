// What becomes of answers of upstreams (upstream-and-emulator 2.4, 2.5).
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { UpstreamAnswer } from '../src/upstream/upstream.ts';
import { type UpstreamHandler, UpstreamListener } from './support/upstream-listener.ts';
import { CLIENT, INVOKE, openUpstream, type UpstreamSceneOptions } from './support/upstream-scene.ts';

const LIMIT = 1000;
const STATUS_500 = { kind: 'failed', error: 'Invocation failed, status code 500' };
const CANCELLED = { kind: 'failed', error: 'Invocation failed, response cancelled.' };
const TOO_LARGE = { kind: 'failed', error: 'Invocation failed, response too large.' };

interface Outcome {
  readonly answer: UpstreamAnswer;
  readonly reasons: readonly string[];
  readonly calls: number;
}

/** Invokes once. */
async function invoke(handler: UpstreamHandler, options: UpstreamSceneOptions = {}): Promise<Outcome> {
  await using app = await UpstreamListener.start(handler);
  await using scene = openUpstream(`${app.url}/api?code=secret`, options);
  const answer = await scene.upstream.message(CLIENT, INVOKE);
  const failures = scene.events.of('upstreamFailed');
  for (const failure of failures) expect(failure.upstream).toBe(`${app.url}/api`);
  expect(JSON.stringify(scene.events.all)).not.toContain('secret');
  return { answer, reasons: failures.map(({ reason }) => reason), calls: app.calls.rest.length };
}

describe('an invocation', () => {
  test('answered 200 with a body gets the body', async () => {
    const body = Buffer.from('{"type":3,"invocationId":"0","result":1}\x1e');
    const { answer, reasons } = await invoke((_call, response) => response.end(body));
    expect(answer).toEqual({ kind: 'body', body });
    expect(reasons).toEqual([]);
  });

  test('gets a body that came in pieces, and as large as may be', async () => {
    const body = Buffer.alloc(LIMIT, 'ab');
    const handler: UpstreamHandler = (_call, response) => {
      response.write(body.subarray(0, 10), () => response.end(body.subarray(10)));
    };
    expect((await invoke(handler, { limits: { upstreamResponseBytes: LIMIT } })).answer).toEqual({
      kind: 'body',
      body,
    });
  });

  test.each<{ what: string; handler: UpstreamHandler }>([
    {
      what: '200 without length',
      handler: (_call, response) => response.writeHead(200, { connection: 'close' }).end(),
    },
    { what: '200 of length 0', handler: (_call, response) => response.writeHead(200, { 'content-length': 0 }).end() },
    { what: '204', handler: (_call, response) => response.writeHead(204).end() },
  ])('answered $what has no result', async ({ handler }) => {
    const { answer, reasons } = await invoke(handler);
    expect(answer).toEqual({ kind: 'empty' });
    expect(reasons).toEqual([]);
  });

  test.each([
    { status: 201, reason: 'It answered 201 Created.' },
    { status: 400, reason: 'It answered 400 Bad Request.' },
    {
      status: 401,
      reason:
        'It answered 401 Unauthorized. Does its connection string hold the access key of this service, and its URL the right code?',
    },
    {
      status: 404,
      reason:
        'It answered 404 Not Found. Does it run, and does it have a function or a route for this hub, category and event?',
    },
    {
      status: 415,
      reason: 'It answered 415 Unsupported Media Type. It does not know the hub protocol of this client.',
    },
    { status: 500, reason: 'It answered 500 Internal Server Error.' },
  ])('answered $status fails with it', async ({ status, reason }) => {
    const { answer, reasons, calls } = await invoke((_call, response) => response.writeHead(status).end('because'));
    expect(answer).toEqual({ kind: 'failed', error: `Invocation failed, status code ${status}` });
    expect(reasons).toEqual([reason]);
    expect(calls).toBe(1);
  });

  test('the reason phrase of Azure Functions gets into the log, in bounds', async () => {
    const phrase = 'x'.repeat(300);
    const { reasons } = await invoke((_call, response) => response.writeHead(500, phrase).end());
    expect(reasons).toEqual([`It answered 500 ${phrase.slice(0, 200)}.`]);
  });

  test.each<{ what: string; handler: UpstreamHandler }>([
    { what: 'by its length', handler: (_call, response) => response.end(Buffer.alloc(LIMIT + 1)) },
    {
      what: 'in pieces',
      handler: (_call, response) => response.write(Buffer.alloc(LIMIT), () => response.write('x')),
    },
  ])('answered too much, told $what, fails', async ({ handler }) => {
    const { answer, reasons, calls } = await invoke(handler, { limits: { upstreamResponseBytes: LIMIT } });
    expect(answer).toEqual(TOO_LARGE);
    expect(reasons).toEqual(['Its answer is too large.']);
    expect(calls).toBe(1);
  });

  test('the bound is 16 MiB', async () => {
    const most = 16 * 1024 * 1024;
    const exact = await invoke((_call, response) => response.end(Buffer.alloc(most)));
    expect(exact.answer).toMatchObject({ kind: 'body' });
    const over: UpstreamHandler = (_call, response) => {
      response.write(Buffer.alloc(most), () => response.end('x'));
    };
    expect((await invoke(over)).answer).toEqual(TOO_LARGE);
  });

  test.each<{ what: string; handler: UpstreamHandler }>([
    { what: 'resets the connection', handler: (_call, response) => response.socket?.resetAndDestroy() },
    { what: 'hangs up', handler: (_call, response) => response.socket?.end() },
    { what: 'does not speak HTTP', handler: (_call, response) => response.socket?.end('SSH-2.0\r\n\r\n') },
  ])('of an upstream that $what fails, and is not sent again', async ({ handler }) => {
    const { answer, reasons, calls } = await invoke(handler);
    expect(answer).toEqual(STATUS_500);
    expect(reasons).toEqual([expect.stringMatching(/^It cannot be reached: .+\.$/)]);
    expect(calls).toBe(1);
  });

  test('of an upstream that breaks off in the body fails', async () => {
    const { answer, reasons, calls } = await invoke((_call, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.socket?.destroy());
    });
    expect(answer).toEqual({ kind: 'failed', error: expect.stringMatching(/^Invocation failed, error: .+\.$/) });
    expect(reasons).toEqual([expect.stringMatching(/^Its answer broke off: .+\.$/)]);
    expect(calls).toBe(1);
  });

  test('of an upstream that hangs fails in time', async () => {
    const { answer, reasons, calls } = await invoke(() => undefined, { timers: { upstreamMs: 500 } });
    expect(answer).toEqual(STATUS_500);
    expect(reasons).toEqual(['It did not answer within 0.5 s.']);
    expect(calls).toBe(1);
  });

  test('of an upstream whose body hangs fails in time', async () => {
    const { answer, reasons } = await invoke((_call, response) => response.write('half'), {
      timers: { upstreamMs: 500 },
    });
    expect(answer).toEqual(CANCELLED);
    expect(reasons).toEqual(['Its answer did not end in time.']);
  });

  test('redirects count against the same time', async () => {
    let redirects = 0;
    const { answer } = await invoke(
      (call, response) => {
        redirects += 1;
        if (redirects <= 3) response.writeHead(307, { location: call.url }).end();
      },
      { timers: { upstreamMs: 100 } },
    );
    expect(answer).toEqual(STATUS_500);
  });
});

test('an upstream where nobody listens fails', async () => {
  // A port that was free a moment ago.
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  const port = typeof address === 'object' ? address?.port : undefined;
  await using scene = openUpstream(`http://127.0.0.1:${port}/`);
  expect(await scene.upstream.message(CLIENT, INVOKE)).toEqual(STATUS_500);
  expect(scene.events.of('upstreamFailed')).toMatchObject([{ reason: expect.stringContaining('ECONNREFUSED') }]);
});

test('a host that has no address fails', async () => {
  // Without a network, name servers take their time.
  await using scene = openUpstream('http://nowhere.invalid/', { timers: { upstreamMs: 2000 } });
  expect(await scene.upstream.message(CLIENT, INVOKE)).toEqual(STATUS_500);
  expect(scene.events.of('upstreamFailed')).toHaveLength(1);
});

test('who does not wait for an answer is done with its status: the body may take its time', async () => {
  await using app = await UpstreamListener.start((_call, response) => response.write('never ends'));
  await using scene = openUpstream(app.url);
  expect(await scene.upstream.message(CLIENT, { ...INVOKE, isInvoke: false })).toEqual({ kind: 'empty' });
  await scene.upstream.connected(CLIENT);
  app.handler = (_call, response) => response.writeHead(500).write('never ends');
  expect(await scene.upstream.message(CLIENT, INVOKE)).toEqual(STATUS_500);
});

test('a body that nobody wants is cut off by the deadline, or when it is much', async () => {
  await using app = await UpstreamListener.start((_call, response) => response.write('never ends'));
  await using scene = openUpstream(app.url, { timers: { upstreamMs: 100 } });
  await scene.upstream.connected(CLIENT);
  await expect.poll(() => app.socketCount()).toBe(0);
  app.handler = (_call, response) => response.end(Buffer.alloc(10 * 1024 * 1024));
  await scene.upstream.connected(CLIENT);
  await expect.poll(() => app.socketCount()).toBe(0);
});

test.each([401, 500])('connected and disconnected answered %i: an event, and nothing else', async (status) => {
  await using app = await UpstreamListener.start((_call, response) => response.writeHead(status).end());
  await using scene = openUpstream(app.url);
  await scene.upstream.connected(CLIENT);
  await scene.upstream.disconnected(CLIENT, undefined);
  const about = { name: 'upstreamFailed', hub: 'chat', connectionId: 'c1', category: 'connections' };
  expect(scene.events.all).toMatchObject([
    { ...about, upstreamEvent: 'connected' },
    { ...about, upstreamEvent: 'disconnected' },
  ]);
});

test('closing ends what is under way, and whatever comes later fails at once', async () => {
  await using app = await UpstreamListener.start(() => undefined);
  await using scene = openUpstream(app.url);
  const answer = scene.upstream.message(CLIENT, INVOKE);
  await app.calls.next();
  await scene.upstream.close();
  expect(await answer).toEqual(STATUS_500);
  expect(await scene.upstream.message(CLIENT, INVOKE)).toEqual(STATUS_500);
  expect(app.calls.rest).toEqual([]);
  expect(scene.events.of('upstreamFailed').map(({ reason }) => reason)).toEqual([
    'The service stops.',
    'The service stops.',
  ]);
});
