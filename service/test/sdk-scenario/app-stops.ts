import type { Scenario } from './scenario.ts';

const RECONNECT = ['{"type":7,"allowReconnect":true}', '[7,null,true]', 'no error'] as const;
const FAILED = [
  '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}',
  '[7,"Connection closed with an error.",true]',
  'Error: Server returned an error on close: Connection closed with an error.',
] as const;

/**
 * The app stops while clients are connected. Kestrel cuts their sockets; the service goes on, so it can tell them. SDKs of
 * the new generation announce the end, with those of the old one the server connection just breaks (service-protocol 12.1).
 */
export const appStops: Scenario = {
  name: 'app-stops',
  async play(stage) {
    const alice = await stage.connect('alice');
    const bob = await stage.connect('bob', { protocol: 'messagepack' });
    await stage.invoke(alice, 'Echo', 'before');
    await stage.stopApp();
    stage.note(`alice: closed with ${await alice.closed}`);
    stage.note(`bob: closed with ${await bob.closed}`);
    stage.tell();
  },
  expected(generation) {
    const [json, messagePack, error] = generation === 'new' ? RECONNECT : FAILED;
    return [
      'alice is connected',
      'bob is connected',
      'alice: Echo("before") = "before"',
      `alice: closed with ${error}`,
      `bob: closed with ${error}`,
      'alice < {}',
      'alice < {"type":3,"invocationId":"0","result":"before"}',
      `alice < ${json}`,
      'bob < {}',
      `bob < ${messagePack}`,
    ];
  },
};
