import { expect, test } from 'vitest';
import type { HttpClient } from '../connection/http-client.ts';
import { SignalRClientError } from '../errors.ts';
import { startLongPolling } from './long-polling.ts';

test('a poll that nobody answers in 100 s is asked again', async () => {
  const answers = [new Response(''), new SignalRClientError('request-timeout', 'late'), new Response('data')];
  const times: (number | undefined)[] = [];
  const http: HttpClient = {
    token: { read: async () => undefined, replace: () => {}, isStale: () => false },
    headers: {},
    inTime: (_signal, work) => work(new AbortController()),
    exchange: () => Promise.reject(new Error('a poll needs a deadline')),
    request(_request, _signal, read, ms) {
      times.push(ms);
      const answer = answers.shift() ?? new Response(null, { status: 204 });
      return answer instanceof Response ? read(answer) : Promise.reject(answer);
    },
  };
  const events: string[] = [];
  const ended = new Promise<Error | undefined>((closed) => {
    const listener = { received: (bytes: Uint8Array) => events.push(new TextDecoder().decode(bytes)), closed };
    void startLongPolling({ url: 'http://hub', http, isBinary: false, listener, signal: new AbortController().signal });
  });
  expect(await ended).toBeUndefined();
  expect(events).toEqual(['data']);
  expect(times).toEqual([100_000, 100_000, 100_000, 100_000]);
});
