// Logs of resources (control-plane 11).
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ResourceProperties } from '../../src/resource-store/resource-properties.ts';
import { FakeAppServer } from '../support/fake-app-server.ts';
import { addressOf, newResource, startScene, temporaryFolder } from '../support/host-scene.ts';
import { httpRequest } from '../support/http-request.ts';
import { RawClient } from '../support/raw-client.ts';

const CONNECTIVITY: ResourceProperties = {
  resourceLogConfiguration: { categories: [{ name: 'ConnectivityLogs', enabled: 'true' }] },
};

/** A client comes and goes, and somebody is refused. Gives the lines that were written. */
async function linesWith(properties: ResourceProperties): Promise<Record<string, unknown>[]> {
  const logFolder = await temporaryFolder();
  const { host, created } = await startScene({ logFolder });
  const address = addressOf(await host.resources.create(newResource('Mine', { properties })));
  const server = await FakeAppServer.connect(address);
  const client = await RawClient.connect(address, { userId: 'ann' });
  client.webSocket.close();
  await created.next('clientClosed');
  await httpRequest(address, { path: '/api/hubs/chat/users/ann' });
  server[Symbol.dispose]();
  await created.next('serverClosed');
  await host.close();
  if (!(await readdir(logFolder)).includes('mine.jsonl')) return [];
  const text = await readFile(join(logFolder, 'mine.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
}

const operations = (lines: readonly Record<string, unknown>[]) => lines.map(({ operationName }) => operationName);

describe('a resource', () => {
  test('writes nothing unless it is told to', async () => {
    expect(await linesWith({})).toEqual([]);
  });

  test("writes what connections do, in Azure's form", async () => {
    const lines = await linesWith(CONNECTIVITY);
    expect(operations(lines)).toEqual(['ConnectionStarted', 'ConnectionStarted', 'ConnectionEnded', 'ConnectionEnded']);
    expect(lines[1]).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'Informational',
      resourceId:
        '/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/MY-RG/PROVIDERS/MICROSOFT.SIGNALRSERVICE/SIGNALR/MINE',
      location: 'eastus',
      category: 'AllLogs',
      operationName: 'ConnectionStarted',
      properties: {
        message: 'Connection started.',
        type: 'ConnectivityLogs',
        collection: 'Connection',
        connectionId: expect.any(String),
        userId: 'ann',
        transportType: 'WebSockets',
        connectionType: 'Client',
        hubName: 'chat',
      },
    });
  });

  test.each([
    ['by the flag', { features: [{ flag: 'EnableConnectivityLogs', value: 'True' }] }, 4],
    [
      'by the flag, unless the configuration says no',
      {
        features: [{ flag: 'EnableConnectivityLogs', value: 'True' }],
        resourceLogConfiguration: { categories: [{ name: 'ConnectivityLogs', enabled: 'false' }] },
      },
      0,
    ],
    [
      'calls of REST alone',
      { resourceLogConfiguration: { categories: [{ name: 'HttpRequestLogs', enabled: 'true' }] } },
      2,
    ],
  ] satisfies [string, ResourceProperties, number][])('%s', async (_, properties, count) => {
    expect(await linesWith(properties)).toHaveLength(count);
  });

  test('goes on when its log cannot be written, and says so once', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'state'));
    const { host, events, created } = await startScene({ logFolder: join(folder, 'file') });
    const address = addressOf(await host.resources.create(newResource('mine', { properties: CONNECTIVITY })));
    const server = await FakeAppServer.connect(address);
    expect(await events.next('resourceLogFailed')).toMatchObject({ resource: 'mine' });
    const client = await RawClient.connect(address);
    client.webSocket.close();
    await created.next('clientClosed');
    server[Symbol.dispose]();
    expect(events.of('resourceLogFailed')).toHaveLength(1);
  });
});
