import { area, type Check } from '../check.ts';
import { requireEqual } from '../require.ts';
import { NO_EXTENSIONS, ServiceType } from '../wire/service-message.ts';

export const SERVER_HANDSHAKE_CHECKS: readonly Check[] = area('server-handshake', { modes: ['Default', 'Classic'] }, [
  {
    id: 'accepts-old-generation',
    requires: 'A handshake request of six elements is accepted, as SDKs up to 1.25 write it.',
    source: 'service-protocol 5',
    async run(stage) {
      await stage.server({ generation: 'old' });
    },
  },
  {
    id: 'response-comes-first',
    requires: 'The first message of the service is the handshake response.',
    source: 'service-protocol 5',
    async run(stage) {
      const server = await stage.bareServer();
      server.sendHandshake();
      const [type] = await server.serviceMessages.next('the first message of the service');
      requireEqual('its type', type, ServiceType.HandshakeResponse);
    },
  },
  {
    id: 'refuses-other-version',
    requires: 'A handshake request of another version is answered with an error, and the connection closed with 1000.',
    source: 'service-protocol 5',
    async run(stage) {
      const server = await stage.bareServer();
      server.send([ServiceType.HandshakeRequest, 2, 0, '', 0, NO_EXTENSIONS]);
      const [, error] = await server.next(ServiceType.HandshakeResponse);
      requireEqual('the error', error, 'Unsupported protocol version: 2.');
      requireEqual('the close code', (await server.ended).code, 1000);
    },
  },
  {
    id: 'keep-alive-within-5s',
    requires: 'The service pings a quiet server connection every five seconds.',
    source: 'service-protocol 6.2',
    async run(stage) {
      const server = await stage.server();
      await server.keepAlives.next('a keep-alive ping', undefined, 8000);
    },
  },
]);
