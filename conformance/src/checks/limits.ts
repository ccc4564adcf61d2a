import { setTimeout as pause } from 'node:timers/promises';
import { area, type Check } from '../check.ts';
import { bearer, call } from '../peers/http.ts';
import { requireEqual, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { handshakeRequest } from '../wire/hub-protocol.ts';
import { ServiceType } from '../wire/service-message.ts';

const KIB = 1024;
const MIB = KIB * KIB;
const WITH_SERVER = ['Default', 'Classic'] as const;
const SEND = '?api-version=2022-06-01';

/** A hub message of so many bytes, its separator included. */
function padded(bytes: number): string {
  const [head, tail] = ['{"type":6,"pad":"', '"}\u001e'];
  return `${head}${'x'.repeat(bytes - head.length - tail.length)}${tail}`;
}

async function statusOf(stage: Stage, query: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const url = stage.target.clientUrl(`/client/negotiate?hub=${stage.hub}&negotiateVersion=1${query}`);
  const token = stage.target.clientToken(stage.hub);
  return (await call(url, { method: 'POST', headers: { ...bearer(token), ...headers } })).status;
}

export const LIMIT_CHECKS: readonly Check[] = [
  ...area('limits', {}, [
    {
      id: 'headers.too-long',
      requires: 'Headers of 40 KiB are refused with 431, and the service goes on.',
      source: 'service-protocol 12.6',
      async run(stage) {
        requireEqual('the status', await statusOf(stage, '', { 'X-Long': 'x'.repeat(40 * KIB) }), 431);
        requireEqual('the status of the next', await statusOf(stage, ''), 200);
      },
    },
    {
      id: 'headers.long',
      requires: 'Headers of 14 KiB are taken.',
      source: 'service-protocol 12.6',
      run: async (stage) =>
        requireEqual('the status', await statusOf(stage, '', { 'X-Long': 'x'.repeat(14 * KIB) }), 200),
    },
    {
      id: 'uri.too-long',
      requires: 'A URI of 13 KiB is refused with 414.',
      source: 'service-protocol 12.6',
      run: async (stage) => requireEqual('the status', await statusOf(stage, `&x=${'x'.repeat(13 * KIB)}`), 414),
    },
    {
      id: 'uri.long',
      requires: 'A URI of 10 KiB is taken.',
      source: 'service-protocol 12.6',
      run: async (stage) => requireEqual('the status', await statusOf(stage, `&x=${'x'.repeat(10 * KIB)}`), 200),
    },
    {
      id: 'rest.too-large',
      requires: 'A REST call with more than 1 MiB is refused with 413.',
      source: 'service-protocol 12.6',
      async run(stage) {
        const body = JSON.stringify({ target: 'news', arguments: ['x'.repeat(MIB)] });
        await stage.restOk(`/api/hubs/${stage.hub}/:send${SEND}`, 413, { method: 'POST', body });
      },
    },
    {
      id: 'rest.large',
      requires: 'A REST call with nearly 1 MB is taken.',
      source: 'service-protocol 12.6',
      async run(stage) {
        const body = JSON.stringify({ target: 'news', arguments: ['x'.repeat(900_000)] });
        await stage.restOk(`/api/hubs/${stage.hub}/:send${SEND}`, 202, { method: 'POST', body });
      },
    },
    {
      id: 'post.too-large',
      requires: 'A POST of a client with more than 1 MiB is refused with 413.',
      source: 'service-protocol 12.6',
      async run(stage) {
        const client = await stage.negotiated();
        await client.poll();
        requireEqual('the status', (await client.post('x'.repeat(MIB + 1))).status, 413);
      },
    },
    {
      id: 'hub.name-too-odd',
      requires: 'A hub name that does not begin with a letter is refused with 400.',
      source: 'client-protocol 5.6',
      async run(stage) {
        for (const hub of ['1hub', '_hub', 'my-hub', 'h%20b', '']) {
          const token = stage.target.clientToken(hub);
          const url = stage.target.clientUrl(`/client/negotiate?hub=${hub}`);
          const { status } = await call(url, { method: 'POST', headers: bearer(token) });
          requireEqual(`the status for '${hub}'`, status, 400);
        }
      },
    },
    {
      id: 'negotiated.expires',
      requires: 'A negotiated connection that is not opened within seconds is gone: 404.',
      source: 'client-protocol 1.4',
      cost: 'minutes',
      async run(stage) {
        const client = await stage.negotiated();
        // Only time can tell. Azure documents 5 s, newer ASP.NET Core has 15.
        await pause(25_000);
        requireEqual('the status', (await client.poll()).status, 404);
      },
    },
  ]),
  ...area('limits', { modes: WITH_SERVER }, [
    {
      id: 'message.large',
      requires: 'A message of 1 MiB over a WebSocket reaches the app server, and one as large comes back.',
      source: 'client-protocol 3.8',
      async run(stage) {
        const server = await stage.server();
        const { client } = await stage.join(server);
        const text = padded(MIB);
        client.socket.send(text);
        let length = 0;
        while (length < text.length) {
          const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
          length += bytes instanceof Uint8Array ? bytes.length : 0;
        }
        requireEqual('the bytes', length, text.length);
        const argument = 'y'.repeat(MIB);
        server.sendTo(client.connectionId, 'json', { type: 1, target: 'big', arguments: [argument] });
        const message = await client.next('the invocation', 1);
        requireThat(
          JSON.stringify(message['arguments']) === JSON.stringify([argument]),
          'the same argument',
          'another',
        );
      },
    },
    {
      id: 'post.large',
      requires: 'A POST of 1,000,000 bytes over long polling reaches the app server.',
      source: 'service-protocol 12.6',
      async run(stage) {
        const server = await stage.server();
        const client = await stage.negotiated();
        await client.poll();
        await client.post(handshakeRequest('json'));
        await server.nextOf(ServiceType.ConnectionData, client.connectionId);
        server.answerHandshake(client.connectionId);
        const text = padded(1_000_000);
        requireEqual('the status', (await client.post(text)).status, 200);
        let length = 0;
        while (length < text.length) {
          const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
          length += bytes instanceof Uint8Array ? bytes.length : 0;
        }
      },
    },
    {
      id: 'authentication.expires',
      requires: 'Where the app wants it, a client is closed when its authentication expires, with leave to come back.',
      source: 'client-protocol 5.2',
      async run(stage) {
        const server = await stage.server();
        const aeo = `${Math.floor(Date.now() / 1000) + 1}`;
        const { client } = await stage.join(server, { claims: { 'asrs.s.coae': 'true', 'asrs.s.aeo': aeo } });
        const close = await client.next('a Close message', 7, 8000);
        requireEqual('the Close message', close, { type: 7, allowReconnect: true });
      },
    },
  ]),
];
