// Azure Functions as the upstream, down to the Completion that the client gets (upstream-and-emulator 3.1).
import { type HubMessage, type HubProtocol, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { describe, expect, test } from 'vitest';
import { hubFrameAt } from '../src/outbound/hub-frame.ts';
import { upstreamCompletion } from '../src/service-mode/upstream-completion.ts';
import { functionApp } from './support/function-app.ts';
import { UpstreamListener } from './support/upstream-listener.ts';
import { CLIENT, openUpstream, PRIMARY_KEY, SECONDARY_KEY, type UpstreamScene } from './support/upstream-scene.ts';

const PROTOCOLS = [jsonHubProtocol, messagePackHubProtocol];
const NO_MATCH = 'nobody';

/** Names with capitals, as hub classes have them. */
const FUNCTIONS = {
  'Chat/connections/connected': () => undefined,
  'Chat/connections/disconnected': () => undefined,
  'Chat/messages/Add': ([a, b]: readonly unknown[]) => Number(a) + Number(b),
  'Chat/messages/Nothing': () => undefined,
  'Chat/messages/Throw': () => {
    throw new Error('Not today.');
  },
};

/** Sends one message of a client and gives what the client gets, decoded. */
async function call(
  { upstream }: UpstreamScene,
  protocol: HubProtocol,
  message: { target: string; invocationId?: string; arguments?: unknown[] },
): Promise<unknown> {
  const { target, invocationId, arguments: args = [] } = message;
  const id = invocationId === undefined ? {} : { invocationId };
  const sent: HubMessage = { type: 1, target, arguments: args, ...id };
  const frame = Buffer.from(protocol.encode(sent));
  const bounds = hubFrameAt(frame, 0, protocol === jsonHubProtocol);
  if (bounds === undefined) throw new Error('expected a whole frame');
  const answer = await upstream.message(CLIENT, {
    target,
    hubProtocol: protocol === jsonHubProtocol ? 'json' : 'messagepack',
    body: frame.subarray(bounds.body, bounds.bodyEnd),
    isInvoke: invocationId !== undefined,
  });
  if (invocationId === undefined) return answer;
  const { frame: completion } = upstreamCompletion(answer, protocol, { invocationId, noMatch: NO_MATCH });
  const reader = protocol.createReader();
  reader.push(completion);
  return reader.next();
}

describe.each(PROTOCOLS)('for $name clients', (protocol) => {
  test('results, errors and nothing come back', async () => {
    await using app = await UpstreamListener.start(functionApp(FUNCTIONS, [PRIMARY_KEY]));
    await using scene = openUpstream(`${app.url}/runtime/webhooks/signalr?code=abc`);
    expect(await call(scene, protocol, { target: 'add', invocationId: '7', arguments: [40, 2] })).toMatchObject({
      type: 3,
      invocationId: '7',
      result: 42,
    });
    expect(await call(scene, protocol, { target: 'Nothing', invocationId: '8' })).toMatchObject({ result: null });
    expect(await call(scene, protocol, { target: 'Throw', invocationId: '9' })).toMatchObject({
      invocationId: '9',
      error: 'Not today.',
    });
    expect(scene.events.all).toEqual([]);
  });

  test('a send is run and answered with nothing', async () => {
    await using app = await UpstreamListener.start(functionApp(FUNCTIONS, [PRIMARY_KEY]));
    await using scene = openUpstream(app.url);
    expect(await call(scene, protocol, { target: 'Add', arguments: [1, 2] })).toEqual({ kind: 'empty' });
    expect((await app.calls.next()).headers['x-asrs-event']).toBe('Add');
    expect(scene.events.all).toEqual([]);
  });

  test('a function that is not there is a 404, a wrong key a 401', async () => {
    await using app = await UpstreamListener.start(functionApp(FUNCTIONS, ['another key']));
    await using scene = openUpstream(app.url);
    expect(await call(scene, protocol, { target: 'Missing', invocationId: '1' })).toMatchObject({
      error: 'Invocation failed, status code 404',
    });
    expect(await call(scene, protocol, { target: 'Add', invocationId: '2' })).toMatchObject({
      error: 'Invocation failed, status code 401',
    });
    expect(scene.events.of('upstreamFailed')[1]?.reason).toContain('401 The signature does not match.');
  });
});

test.each([PRIMARY_KEY, SECONDARY_KEY])('whichever key the app has (%s), the signature verifies', async (key) => {
  await using app = await UpstreamListener.start(functionApp(FUNCTIONS, [key]));
  await using scene = openUpstream(app.url, { secondaryKey: SECONDARY_KEY });
  await scene.upstream.connected(CLIENT);
  await scene.upstream.disconnected(CLIENT, 'why');
  expect(await call(scene, jsonHubProtocol, { target: 'Add', invocationId: '1', arguments: [1, 1] })).toMatchObject({
    result: 2,
  });
  expect(scene.events.all).toEqual([]);
});

test('a connected function that throws is a 403 in the log', async () => {
  const functions = { 'chat/connections/connected': FUNCTIONS['Chat/messages/Throw'] };
  await using app = await UpstreamListener.start(functionApp(functions, [PRIMARY_KEY]));
  await using scene = openUpstream(app.url);
  await scene.upstream.connected(CLIENT);
  expect(scene.events.of('upstreamFailed')).toMatchObject([{ reason: 'It answered 403 Forbidden.' }]);
});
