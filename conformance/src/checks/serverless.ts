import { area, type Check } from '../check.ts';
import { requireEqual, requireThat } from '../require.ts';
import { NO_EXTENSIONS, ServiceType } from '../wire/service-message.ts';

export const SERVERLESS_CHECKS: readonly Check[] = area('serverless', { modes: ['Serverless'] }, [
  ...(['json', 'messagepack'] as const).map((protocol) => ({
    id: `handshake.answered-${protocol}`,
    requires: `The service itself answers the hub handshake of ${protocol} clients.`,
    source: 'client-protocol 5.4',
    async run(stage: Parameters<Check['run']>[0]) {
      await stage.serverlessClient({ protocol });
    },
  })),
  {
    id: 'handshake.unknown-protocol',
    requires: 'A hub protocol that does not exist is refused with its name.',
    source: 'client-protocol 3.1',
    async run(stage) {
      const client = await stage.client();
      client.socket.send('{"protocol":"nope","version":1}\u001e');
      const { error } = await client.next('the handshake response', 0);
      requireEqual('the error', error, "The protocol 'nope' is not supported.");
      requireEqual('the close code', (await client.ended).code, 1000);
    },
  },
  {
    id: 'pings.come',
    requires: 'The service pings a quiet client after 15 seconds.',
    source: 'upstream-and-emulator 2.5',
    async run(stage) {
      const client = await stage.serverlessClient();
      await client.pings.next('a ping', undefined, 20_000);
    },
  },
  {
    id: 'servers.default-is-refused',
    requires: 'A default server connection is refused in its handshake.',
    source: 'upstream-and-emulator 6.2',
    severity: 'should',
    async run(stage) {
      const server = await stage.bareServer();
      server.sendHandshake();
      const [, error] = await server.next(ServiceType.HandshakeResponse);
      requireEqual('the error', error, 'Server connection is not allowed in Serverless mode.');
      requireEqual('the close code', (await server.ended).code, 1000);
    },
  },
  {
    id: 'servers.weak-is-accepted',
    requires: 'A weak server connection is accepted, and may send.',
    source: 'upstream-and-emulator 6',
    async run(stage) {
      const server = await stage.server({ connectionType: 2 });
      const client = await stage.serverlessClient();
      const status = await server.acked((ackId) => [
        ServiceType.CheckConnectionExistence,
        client.connectionId,
        ackId,
        NO_EXTENSIONS,
      ]);
      requireEqual('the status of the Ack', status, 1);
    },
  },
  {
    id: 'messages.stream-invocation',
    requires: 'A StreamInvocation is answered with an error.',
    source: 'upstream-and-emulator 1.4',
    severity: 'should',
    async run(stage) {
      const client = await stage.serverlessClient();
      client.send({ type: 4, invocationId: '1', target: 'stream', arguments: [] });
      const completion = await client.next('a Completion', 3);
      requireEqual('the invocation id', completion['invocationId'], '1');
      requireThat(typeof completion['error'] === 'string', 'an error', completion);
    },
  },
  {
    id: 'messages.malformed',
    requires: 'What is no hub message closes the client with an error.',
    source: 'client-protocol 5.5',
    async run(stage) {
      const client = await stage.serverlessClient();
      client.socket.send('{"type":\u001e');
      const close = await client.next('a Close message', 7);
      requireThat(typeof close['error'] === 'string', 'an error', close);
    },
  },
  {
    id: 'close.client-says-goodbye',
    requires: 'A Close message of the client ends its connection.',
    source: 'client-protocol 3.6',
    async run(stage) {
      const client = await stage.serverlessClient();
      client.send({ type: 7 });
      await client.ended;
    },
  },
]);
