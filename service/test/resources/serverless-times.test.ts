// Times of serverless clients are settings of the resource (control-plane 2).
import { expect, test } from 'vitest';
import { addressOf, newResource, startScene } from '../support/host-scene.ts';
import { RawClient } from '../support/raw-client.ts';
import { opened } from '../support/scene.ts';

test('a change is in force for clients that are connected', async () => {
  const { host } = await startScene();
  const features = [{ flag: 'ServiceMode', value: 'Serverless' }];
  const resource = await host.resources.create(newResource('mine', { properties: { features } }));
  const client = await RawClient.connect(addressOf(resource));
  opened.push(client);
  const serverless = { keepAliveIntervalInSeconds: 1, connectionTimeoutInSeconds: 2 };
  client.sendText('{"type":6}\u001e');
  await host.resources.update('mine', () => ({ properties: { features, serverless } }));
  client.sendText('{"type":6}\u001e');
  let message = await client.message();
  expect(message).toEqual({ type: 6 });
  while (message['type'] === 6) message = await client.message();
  expect(message).toEqual({ type: 7, error: 'Connection closed with an error.', allowReconnect: true });
});
