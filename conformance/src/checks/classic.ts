import { area, type Check } from '../check.ts';
import { requireEqual } from '../require.ts';

export const CLASSIC_CHECKS: readonly Check[] = area('classic', { modes: ['Classic'] }, [
  {
    id: 'without-server.is-serverless',
    requires: 'A client of a hub without app servers is greeted by the service.',
    source: 'upstream-and-emulator 6',
    async run(stage) {
      await stage.serverlessClient();
    },
  },
  {
    id: 'with-server.is-routed',
    requires: 'A client of a hub with an app server is routed to it.',
    source: 'upstream-and-emulator 6',
    async run(stage) {
      await stage.join(await stage.server());
    },
  },
  {
    id: 'invocation.without-server',
    requires: 'A client that invokes where nobody listens is closed.',
    source: 'upstream-and-emulator 6.3',
    severity: 'should',
    async run(stage) {
      const client = await stage.serverlessClient();
      client.send({ type: 1, target: 'x', arguments: [] });
      const close = await client.next('a Close message', 7);
      requireEqual('the error', close['error'], 'No app server is currently connected to the Azure service.');
      requireEqual('the close code', (await client.ended).code, 1000);
    },
  },
  {
    id: 'serverless-client.stays-serverless',
    requires: 'A client that came before any app server does not move to one that comes later.',
    source: 'upstream-and-emulator 6',
    async run(stage) {
      const client = await stage.serverlessClient();
      const server = await stage.server();
      await stage.join(server);
      client.socket.send('{"type":6}\u001e');
      const { client: next } = await stage.join(server);
      const others = server.serviceMessages.untaken.filter(([, id]) => id === client.connectionId);
      requireEqual(`messages about ${client.connectionId} (another is ${next.connectionId})`, others.length, 0);
    },
  },
]);
