// What the released JavaScript client makes of the target: its judgement, not ours.
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { Arrivals } from '../arrivals.ts';
import { area, type Check } from '../check.ts';
import { requireEqual, requireMatch } from '../require.ts';
import type { Stage } from '../stage.ts';
import { ServiceType } from '../wire/service-message.ts';

const TRANSPORTS = {
  'web-sockets': HttpTransportType.WebSockets,
  'event-stream': HttpTransportType.ServerSentEvents,
  'long-polling': HttpTransportType.LongPolling,
} as const;

type TransportName = keyof typeof TRANSPORTS;

/** A released client of the stage's hub, and the calls of its method `say`. */
function build(stage: Stage, transport: TransportName, isBinary: boolean) {
  const token = stage.target.clientToken(stage.hub);
  const builder = new HubConnectionBuilder()
    .withUrl(stage.target.clientUrl(`/client/?hub=${stage.hub}`), {
      transport: TRANSPORTS[transport],
      accessTokenFactory: () => token,
    })
    .configureLogging(LogLevel.None);
  const connection = (isBinary ? builder.withHubProtocol(new MessagePackHubProtocol()) : builder).build();
  const calls = new Arrivals<readonly unknown[]>();
  connection.on('say', (...args: unknown[]) => calls.push(args));
  stage.after(() => connection.stop());
  return { connection, calls };
}

/** Starts it where no app server is needed. */
async function serverless(stage: Stage, transport: TransportName, isBinary: boolean): Promise<void> {
  const { connection, calls } = build(stage, transport, isBinary);
  await connection.start();
  const body = JSON.stringify({ target: 'say', arguments: ['a', 1] });
  await stage.restOk(`/api/hubs/${stage.hub}/:send?api-version=2022-06-01`, 202, { method: 'POST', body });
  requireEqual('the arguments', await calls.next('a call of say'), ['a', 1]);
}

/** Starts it against an app server of ours, which answers one invocation. */
async function served(stage: Stage, transport: TransportName, isBinary: boolean): Promise<HubConnection> {
  const { connection, calls } = build(stage, transport, isBinary);
  const server = await stage.server();
  const starting = connection.start();
  const [, id] = await server.next(ServiceType.OpenConnection);
  const connectionId = String(id);
  await server.nextOf(ServiceType.ConnectionData, connectionId);
  server.answerHandshake(connectionId);
  await starting;
  const protocol = isBinary ? 'messagepack' : 'json';
  server.sendTo(connectionId, protocol, { type: 1, target: 'say', arguments: ['a', 1] });
  requireEqual('the arguments', await calls.next('a call of say'), ['a', 1]);
  const answer = connection.invoke('add', 1, 2);
  await server.nextOf(ServiceType.ConnectionData, connectionId);
  server.sendTo(connectionId, protocol, { type: 3, invocationId: '0', result: 3 });
  requireEqual('the result', await answer, 3);
  return connection;
}

const COMBINATIONS = (['web-sockets', 'event-stream', 'long-polling'] as const).flatMap((transport) => [
  { transport, isBinary: false },
  ...(transport === 'event-stream' ? [] : [{ transport, isBinary: true }]),
]);

export const RELEASED_CLIENT_CHECKS: readonly Check[] = area('released-client', {}, [
  ...COMBINATIONS.map(({ transport, isBinary }) => ({
    id: `serverless.${transport}-${isBinary ? 'messagepack' : 'json'}`,
    requires: `@microsoft/signalr connects over ${transport} in ${isBinary ? 'MessagePack' : 'JSON'} and hears a REST send.`,
    source: 'client-protocol 2',
    modes: ['Serverless', 'Classic'] as const,
    run: (stage: Stage) => serverless(stage, transport, isBinary),
  })),
  ...COMBINATIONS.map(({ transport, isBinary }) => ({
    id: `served.${transport}-${isBinary ? 'messagepack' : 'json'}`,
    requires: `@microsoft/signalr talks over ${transport} in ${isBinary ? 'MessagePack' : 'JSON'} with an app server, both ways.`,
    source: 'client-protocol 2',
    modes: ['Default', 'Classic'] as const,
    run: (stage: Stage) => served(stage, transport, isBinary).then(() => undefined),
  })),
  {
    id: 'refused.no-app-server',
    requires: '@microsoft/signalr reports the sentence of the service when no app server is there.',
    source: 'upstream-and-emulator 6.1',
    modes: ['Default'],
    async run(stage) {
      const { connection } = build(stage, 'web-sockets', false);
      const outcome = await connection.start().then(
        () => 'connected',
        (error: unknown) => String(error),
      );
      requireMatch(
        'an error',
        outcome,
        /Current mode works as a proxy that routes client traffic to the connected app servers/,
      );
    },
  },
]);
