// client-protocol 2.2, 5.2: an app says by a claim which transports its clients may use.
import { describe, expect, test } from 'vitest';
import { httpRequest, upgradeRequest } from './support/http-request.ts';
import { HttpScene } from './support/http-scene.ts';
import { NO_CACHE } from './support/poll-answers.ts';
import { clientToken } from './support/raw-client.ts';

const ALL = ['WebSockets', 'ServerSentEvents', 'LongPolling'];

function claimsOf(transports: string | undefined): Record<string, unknown> {
  return transports === undefined ? {} : { 'asrs.s.htt': transports };
}

function refusalOf(transport: string) {
  return { status: 404, text: `${transport} transport not supported by this end point type` };
}

describe('negotiate', () => {
  test.each([
    { claim: undefined, offered: ALL },
    { claim: '7', offered: ALL },
    { claim: '1', offered: ['WebSockets'] },
    { claim: '2', offered: ['ServerSentEvents'] },
    { claim: '4', offered: ['LongPolling'] },
    { claim: '6', offered: ['ServerSentEvents', 'LongPolling'] },
    { claim: '5', offered: ['WebSockets', 'LongPolling'] },
    { claim: '8', offered: [] },
    { claim: '0', offered: [] },
    { claim: 'LongPolling', offered: ALL },
    { claim: '1.5', offered: ALL },
  ])('claim $claim offers $offered', async ({ claim, offered }) => {
    await using all = await HttpScene.start();
    const token = await clientToken(all.service, { claims: claimsOf(claim) });
    const { text } = await httpRequest(all.service, {
      method: 'POST',
      path: '/client/negotiate?hub=chat&negotiateVersion=1',
      headers: { authorization: `Bearer ${token}` },
    });
    const { availableTransports } = JSON.parse(text);
    expect(availableTransports.map(({ transport }: { transport: string }) => transport)).toEqual(offered);
  });
});

describe('requests', () => {
  test.each([1, 2, 4, 3, 5, 6])('claim %d opens these only', async (flags) => {
    await using all = await HttpScene.start();
    const negotiate = () => all.negotiate({ claims: claimsOf(`${flags}`) });

    const webSocket = await (await negotiate()).upgrade();
    expect(webSocket).toMatchObject((flags & 1) !== 0 ? { status: 101 } : refusalOf('WebSockets'));

    const streaming = await negotiate();
    if ((flags & 2) === 0) expect(await streaming.refusedEvents()).toMatchObject(refusalOf('ServerSentEvents'));
    else expect((await all.stream(streaming)).status).toBe(200);

    const polled = await (await negotiate()).poll();
    expect(polled).toMatchObject((flags & 4) !== 0 ? { status: 200 } : refusalOf('LongPolling'));
    expect(polled.headers).toMatchObject(NO_CACHE);
  });

  test('a refused one opens nothing: another transport may follow', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate({ claims: claimsOf('4') });
    expect((await client.upgrade()).status).toBe(404);
    expect((await client.refusedEvents()).status).toBe(404);
    expect((await client.poll()).status).toBe(200);
    expect(all.events.of('clientConnected')).toHaveLength(1);
  });

  test('a client that skips negotiation needs WebSockets', async () => {
    await using all = await HttpScene.start();
    const token = await clientToken(all.service, { claims: claimsOf('6') });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await upgradeRequest(all.service, { path: '/client?hub=chat', headers });
    expect(answer).toMatchObject(refusalOf('WebSockets'));
  });

  test('the claim of the moment counts, and an unknown id comes first', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    client.token = await clientToken(all.service, { claims: claimsOf('1') });
    expect(await client.poll()).toMatchObject(refusalOf('LongPolling'));
    const answer = await httpRequest(all.service, {
      path: '/client?hub=chat&id=unknown',
      headers: { authorization: `Bearer ${client.token}` },
    });
    expect(answer).toMatchObject({ status: 404, text: 'No Connection with that ID' });
    client.token = await clientToken(all.service);
    expect((await client.end()).status).toBe(202);
  });
});
