import { type Service, type ServiceOptions, startService } from 'signalite';
import { afterEach, expect } from 'vitest';
import { FakeAppServer } from './fake-app-server.ts';
import { call } from './payloads.ts';
import { RawClient } from './raw-client.ts';
import { RecordedEvents } from './recorded-events.ts';

/** A service where one app server behaves and another need not, with a client each. */
export interface Scene {
  readonly service: Service;
  readonly events: RecordedEvents;
  readonly good: FakeAppServer;
  readonly goodClient: RawClient;
  readonly bad: FakeAppServer;
  readonly badClient: RawClient;
}

/** Whatever a test opens goes here, and is closed after it, last first. */
export const opened: (Disposable | AsyncDisposable)[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) {
    if (Symbol.dispose in one) one[Symbol.dispose]();
    else await one[Symbol.asyncDispose]();
  }
});

export async function scene(options: ServiceOptions = {}): Promise<Scene> {
  const events = new RecordedEvents();
  const service = await startService({ host: '127.0.0.1', port: 0, onEvent: events.listener, ...options });
  opened.push(service);
  const good = await FakeAppServer.connect(service);
  const goodClient = await RawClient.connect(service);
  await good.expect(4);
  const bad = await FakeAppServer.connect(service);
  const badClient = await RawClient.connect(service);
  await bad.expect(4);
  opened.push(good, goodClient, bad, badClient);
  return { service, events, good, goodClient, bad, badClient };
}

/** The rest of the process goes on: its client and its app server hear each other. */
export async function goesOn({ good, goodClient, events }: Scene): Promise<void> {
  goodClient.sendText('{"type":6}\x1e');
  expect(await good.expectText(goodClient.connectionId)).toBe('{"type":6}\x1e');
  good.sendText(goodClient.connectionId, '{"type":6}\x1e');
  expect(await goodClient.message()).toEqual({ type: 6 });
  expect(events.of('fault')).toEqual([]);
}

/** The bad server's own place goes on as well. */
export async function staysOpen({ bad, badClient }: Scene): Promise<void> {
  bad.send({ type: 7, connectionIds: [badClient.connectionId], payloads: call('open') });
  expect(await badClient.message()).toMatchObject({ target: 'open' });
  await bad.settled();
}
