// Numbers after a scripted load equal the load, whoever reads them: the released clients of Azure Monitor, or Prometheus.
import { MonitorClient } from '@azure/arm-monitor';
import { describe, expect, test } from 'vitest';
import { messageUnits } from '../../src/metrics/hub-traffic.ts';
import type { HostedResource } from '../../src/resources/resources.ts';
import { FakeAppServer } from '../support/fake-app-server.ts';
import { addressOf, newResource, startScene } from '../support/host-scene.ts';
import { httpRequest } from '../support/http-request.ts';
import { call, callText } from '../support/payloads.ts';
import { RawClient } from '../support/raw-client.ts';
import { opened } from '../support/scene.ts';
import { makeToken } from '../support/tokens.ts';

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';
const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/my-rg/providers/Microsoft.SignalRService/SignalR/mine`;
const CREDENTIAL = { getToken: async () => ({ token: 'any', expiresOnTimestamp: Date.now() + 3_600_000 }) };
const HANDSHAKE = '{"protocol":"json","version":1}\u001e';

async function scene() {
  const scene = await startScene({ control: { port: 0 } });
  const resource = await scene.host.resources.create(newResource('mine'));
  const { controlUrl = '' } = scene.host;
  return { ...scene, resource, controlUrl };
}

/** Three clients, of whom one leaves and one is closed; messages of several sizes both ways; one REST send. */
async function load(resource: HostedResource) {
  const address = addressOf(resource);
  const server = await FakeAppServer.connect(address);
  const clients = [];
  for (let index = 0; index < 3; index++) clients.push(await RawClient.connect(address));
  opened.push(server, ...clients);
  const texts = [callText('small', 'x'), callText('large', 'y'.repeat(5000))];
  for (const text of texts) server.send({ type: 10, excludedConnectionIds: [], payloads: call(...argumentsOf(text)) });
  for (const client of clients) for (const _ of texts) await client.message();
  const [first, second] = clients;
  first?.sendText('{"type":1,"target":"say","arguments":[]}\u001e');
  await server.messages.find((one) => one.type === 6 && Buffer.from(one.payload).includes('say'));
  const body = JSON.stringify({ target: 'rest', arguments: [] });
  const token = await makeToken({ key: resource.record.primaryKey, audience: 'http://localhost/api/hubs/chat/:send' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await httpRequest(address, { method: 'POST', path: '/api/hubs/chat/:send', headers, body: Buffer.from(body) });
  for (const client of clients) await client.message();
  first?.webSocket.close();
  server.send({ type: 5, connectionId: second?.connectionId ?? '', error: '', headers: [] });
  await second?.closed;
  await first?.closed;
  const rest = callText('rest');
  const outbound = [...texts, rest].map((text) => Buffer.byteLength(text));
  return { outbound, texts, body, say: '{"type":1,"target":"say","arguments":[]}\u001e' };
}

function argumentsOf(text: string): [string, ...unknown[]] {
  const { target, arguments: args } = JSON.parse(text.slice(0, -1));
  return [target, ...args];
}

describe('after a load', () => {
  test('counters equal it', async () => {
    const { resource, created } = await scene();
    const { outbound, texts, body, say } = await load(resource);
    await created.next('clientClosed');
    await created.next('clientClosed');
    const { totals } = resource.metrics;
    expect(totals.opened).toEqual({ Client: 3, Server: 1 });
    expect(Object.fromEntries(totals.closed)).toEqual({ 'Client|Normal': 1, 'Client|ClosedByAppServer': 1 });
    const toServer = [...Array(3).fill(HANDSHAKE.length), say.length];
    const sent = [...outbound.flatMap((bytes) => [bytes, bytes, bytes]), ...toServer];
    const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
    expect(totals.outboundBytes).toBe(sum(sent));
    expect(totals.messages).toBe(sum(sent.map(messageUnits)));
    // Both hub protocols of a send come in, and the app server's answers to hub handshakes.
    const fromServer = texts.flatMap((text) => call(...argumentsOf(text)).map(({ data }) => data.length));
    const handshakes = 3 * '{}\u001e'.length;
    const fromClients = 3 * HANDSHAKE.length + say.length;
    expect(totals.inboundBytes).toBe(sum(fromServer) + handshakes + fromClients + Buffer.byteLength(body));
  });

  test('the client @azure/arm-monitor reads it', async () => {
    const { resource, controlUrl, created } = await scene();
    await load(resource);
    await created.next('clientClosed');
    await created.next('clientClosed');
    const client = new MonitorClient(CREDENTIAL, SUBSCRIPTION, { endpoint: controlUrl, allowInsecureConnection: true });
    client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
    const ask = async (metricnames: string, filter?: string, aggregation = 'Total') => {
      const answer = await client.metrics.list(ID, {
        metricnames,
        interval: 'PT1M',
        aggregation,
        ...(filter === undefined ? {} : { filter }),
      });
      return answer.value[0]?.timeseries ?? [];
    };
    const totalOf = (series: Awaited<ReturnType<typeof ask>>[number]) =>
      (series.data ?? []).reduce((all, { total = 0 }) => all + total, 0);
    const open = await ask('ConnectionOpenCount');
    expect(open.map(totalOf)).toEqual([4]);
    const closed = await ask('ConnectionCloseCount', "Endpoint eq 'Client' and ConnectionCloseCategory eq '*'");
    const byCategory = closed.map((series) => [series.metadatavalues?.at(-1)?.value, totalOf(series)]);
    expect(byCategory.sort()).toEqual([
      ['ClosedByAppServer', 1],
      ['Normal', 1],
    ]);
    const [count] = await ask('ConnectionCount', undefined, 'Maximum');
    expect(Math.max(...(count?.data ?? []).map(({ maximum = 0 }) => maximum))).toBe(4);
    const { messages } = resource.metrics.totals;
    expect((await ask('MessageCount')).map(totalOf)).toEqual([messages]);
    await expect(ask('Nonsense')).rejects.toMatchObject({ statusCode: 400 });
    const definitions = [];
    for await (const definition of client.metricDefinitions.list(ID)) definitions.push(definition.name?.value);
    expect(definitions).toEqual(expect.arrayContaining(['ConnectionCount', 'ServerLoad', 'GroupCount']));
  });

  test('a path that cannot be decoded is refused, and no fault', async () => {
    const { controlUrl, events } = await scene();
    const response = await fetch(`${controlUrl}/subscriptions/%E0%A4%A/x`);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(events.of('fault')).toEqual([]);
  });

  test('Prometheus reads it, with a label for each hub up to a bound', async () => {
    const { resource, controlUrl, created } = await scene();
    await load(resource);
    await created.next('clientClosed');
    await created.next('clientClosed');
    const text = await (await fetch(`${controlUrl}/metrics`)).text();
    const { messages } = resource.metrics.totals;
    expect(text).toContain(`signalite_messages_total{resource="mine",hub="chat"} ${messages}\n`);
    expect(text).toContain('signalite_connections_opened_total{resource="mine",endpoint="Client"} 3\n');
    expect(text).toContain(
      'signalite_connections_closed_total{resource="mine",endpoint="Client",category="ClosedByAppServer"} 1\n',
    );
    expect(text).toContain('signalite_client_connections{resource="mine",hub="chat"} 1\n');
    expect(text).toContain('signalite_process_cpu_seconds_total');
    for (let index = 0; index < 60; index++) {
      const token = await makeToken({
        key: resource.record.primaryKey,
        audience: `http://h/api/hubs/hub${index}/users/a`,
      });
      const headers = { authorization: `Bearer ${token}` };
      await httpRequest(addressOf(resource), { path: `/api/hubs/hub${index}/users/a`, headers });
    }
    const bounded = await (await fetch(`${controlUrl}/metrics`)).text();
    expect(bounded.match(/signalite_messages_total\{resource="mine"/g)).toHaveLength(51);
    expect(bounded).toContain('signalite_messages_total{resource="mine",hub="other"} 0\n');
  });
});
