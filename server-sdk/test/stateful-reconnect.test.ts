// client-protocol 4: released JavaScript clients lose their network and come back; nobody notices.
import type { HubConnection } from '@microsoft/signalr';
import { startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { startDiaryApp } from './support/diary-app.ts';
import { CLIENTS, type ClientProtocol } from './support/official-client.ts';
import { TcpProxy } from './support/tcp-proxy.ts';

const MESSAGES = 400;
const CUTS = 6;
// With all messages more than both sides keep unacknowledged, 100,000 bytes.
const PADDING = 'x'.repeat(300);
const PATIENCE_MS = 30_000;

const inOrder = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Somebody's callbacks: none may be called. */
function callbacksOf(client: HubConnection): string[] {
  const called: string[] = [];
  client.onclose((error) => called.push(`onclose ${error}`));
  client.onreconnecting((error) => called.push(`onreconnecting ${error}`));
  client.onreconnected(() => called.push('onreconnected'));
  return called;
}

/** A service, an app server, and a network between clients and the service that can be cut. */
async function stage(version: 10 | 8, protocol: ClientProtocol) {
  const returned: string[] = [];
  const service = await startService({
    host: '127.0.0.1',
    port: 0,
    onEvent: (event) => {
      if (event.name === 'clientReturned') returned.push(event.connectionId);
    },
  });
  const network = await TcpProxy.to(service.port);
  const app = await startDiaryApp(service, { allowStatefulReconnects: true, clientEndpoint: network.url });
  const client = CLIENTS[version].buildStateful(app.url, protocol);
  const heard: number[] = [];
  client.on('heard', (n: number) => heard.push(n));
  const called = callbacksOf(client);
  await client.start();
  return {
    network,
    app,
    client,
    heard,
    called,
    returned,
    async [Symbol.asyncDispose]() {
      await client.stop();
      await app[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      await service.close();
    },
  };
}

describe.each([10, 8] as const)('@microsoft/signalr %i', (version) => {
  describe.each(['json', 'messagepack'] as const)('with %s', (protocol) => {
    test('hundreds of messages both ways while the network is cut', { timeout: 60_000 }, async () => {
      await using all = await stage(version, protocol);
      const { app, client, network, heard, called, returned } = all;
      const { connectionId } = client;
      const said = () => app.diary.of(connectionId);
      const sends: Promise<void>[] = [];
      const answers: Promise<unknown>[] = [];
      let cuts = 0;
      let count = 0;
      const goOn = async () => {
        for (; count < MESSAGES || cuts < CUTS; count++) {
          sends.push(client.send('say', count, PADDING));
          answers.push(client.invoke('double', count));
          const to = count % 2 === 0 ? app.clients.client(connectionId ?? '') : app.clients.all;
          await to.send('heard', count, PADDING);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      };
      const cutAgainAndAgain = async () => {
        while (cuts < CUTS) {
          // Both sides go on first: a client that loses the very socket with which it comes back gives up.
          const [mark, other] = [said().length, heard.length];
          await expect
            .poll(() => said().length > mark + 10 && heard.length > other + 10, { timeout: PATIENCE_MS, interval: 5 })
            .toBe(true);
          if (cuts % 2 === 0) network.cut();
          else network.cutUnnoticed();
          await expect.poll(() => returned.length, { timeout: PATIENCE_MS, interval: 5 }).toBe(cuts + 1);
          cuts += 1;
        }
      };
      await Promise.all([goOn(), cutAgainAndAgain()]);
      await expect.poll(() => said().length, { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(count);
      await expect.poll(() => heard.length, { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(count);
      await Promise.all(sends);
      expect(await Promise.all(answers)).toEqual(inOrder(count).map((n) => 2 * n));
      // What is there twice would have come by now.
      expect(await client.invoke('double', 21)).toBe(42);
      expect(said()).toEqual(inOrder(count));
      expect(heard).toEqual(inOrder(count));
      expect(called).toEqual([]);
      expect(client.state).toBe('Connected');
      expect(client.connectionId).toBe(connectionId);
      expect(app.diary.connected).toEqual([connectionId]);
      expect(app.diary.disconnected).toEqual([]);
    });

    test('streams go on', { timeout: 60_000 }, async () => {
      await using all = await stage(version, protocol);
      const { client, network, called, returned } = all;
      const items: number[] = [];
      const down = new Promise<void>((resolve, reject) => {
        client.stream<number>('count', 1000).subscribe({
          next: (item) => items.push(item),
          error: reject,
          complete: resolve,
        });
      });
      const subject = CLIENTS[version].newSubject();
      const sum = client.invoke('sum', subject);
      for (let n = 1; n <= 300; n++) {
        subject.next(n);
        if (n % 100 === 0) {
          network.cut();
          await expect.poll(() => returned.length, { timeout: PATIENCE_MS, interval: 5 }).toBe(n / 100);
          await client.invoke('double', n);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      subject.complete();
      expect(await sum).toBe(45_150);
      await down;
      expect(items).toEqual(inOrder(1000));
      expect(called).toEqual([]);
    });

    test('what it says while there is no network is heard when it is back', async () => {
      await using all = await stage(version, protocol);
      const { app, client, network, called } = all;
      network.cut();
      const sends = inOrder(20).map((n) => client.send('say', n, PADDING));
      await app.clients.client(client.connectionId ?? '').send('heard', 0, '');
      await Promise.all(sends);
      await expect.poll(() => app.diary.of(client.connectionId), { timeout: 10_000 }).toEqual(inOrder(20));
      await expect.poll(() => all.heard, { timeout: 10_000 }).toEqual([0]);
      expect(called).toEqual([]);
    });

    test('a group stays a group', async () => {
      await using all = await stage(version, protocol);
      const { app, client, network, heard, returned } = all;
      await client.invoke('join', 'readers');
      network.cut();
      await app.clients.group('readers').send('heard', 1, '');
      await expect.poll(() => returned.length).toBe(1);
      await app.clients.group('readers').send('heard', 2, '');
      await expect.poll(() => heard, { timeout: 10_000 }).toEqual([1, 2]);
    });
  });
});

test('an app server that does not allow it gets clients that close', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0 });
  await using network = await TcpProxy.to(service.port);
  await using app = await startDiaryApp(service, { clientEndpoint: network.url });
  const client = CLIENTS[10].buildStateful(app.url, 'json');
  const called = callbacksOf(client);
  await client.start();
  network.cut();
  await expect
    .poll(() => called)
    .toEqual(['onclose Error: WebSocket closed with status code: 1006 (no reason given).']);
  await expect.poll(() => app.diary.disconnected).toHaveLength(1);
});
