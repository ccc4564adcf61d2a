// What the released .NET client makes of the target: its judgement, not ours.

import { area, type Check } from '../check.ts';
import { DOTNET_TRANSPORTS, DotnetClient, type DotnetStart, type DotnetTransport } from '../dotnet/dotnet-client.ts';
import type { AppServer } from '../peers/app-server.ts';
import { requireEqual, requireMatch } from '../require.ts';
import type { Stage } from '../stage.ts';
import { type HubMessage, type HubProtocolName, HubReader } from '../wire/hub-protocol.ts';
import { invokeClient, joinGroupAcked, payloadsOf, toGroup } from '../wire/hub-requests.ts';
import { NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../wire/service-message.ts';

const PING = 6;

interface Scene {
  readonly server: AppServer;
  readonly client: DotnetClient;
  readonly connectionId: string;
  readonly protocol: HubProtocolName;
  /** The client's next hub message but pings. */
  readonly said: () => Promise<HubMessage>;
  readonly tell: (...messages: readonly HubMessage[]) => void;
}

/** A .NET client that an app server greeted. */
async function served(
  stage: Stage,
  start: DotnetStart = {},
  more: { readonly stateful?: boolean } = {},
): Promise<Scene> {
  const { protocol = 'json' } = start;
  const server = await stage.server({ allowStatefulReconnects: more.stateful === true });
  const client = await DotnetClient.open(stage);
  client.start(stage, start);
  return { ...(await greeted(server, protocol)), client, server };
}

/** Greets the next client of a server. */
async function greeted(server: AppServer, protocol: HubProtocolName) {
  const [, id] = await server.next(ServiceType.OpenConnection, () => true, 15_000);
  const connectionId = String(id);
  await server.nextOf(ServiceType.ConnectionData, connectionId);
  server.answerHandshake(connectionId);
  const reader = new HubReader(protocol, true);
  const waiting: HubMessage[] = [];
  const said = async (): Promise<HubMessage> => {
    for (;;) {
      const message = waiting.shift();
      if (message !== undefined) return message;
      const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, connectionId);
      if (bytes instanceof Uint8Array) waiting.push(...reader.push(bytes).filter(({ type }) => type !== PING));
    }
  };
  const tell = (...messages: readonly HubMessage[]) => server.sendTo(connectionId, protocol, ...messages);
  return { connectionId, protocol, said, tell };
}

/** Talks both ways: a call of the server, a call of the client and its answer. */
async function requireTalk(scene: Scene): Promise<void> {
  const { client, said, tell } = scene;
  await client.next('started');
  tell({ type: 1, target: 'say', arguments: ['é'] });
  requireEqual('what the client heard', (await client.next('said'))['text'], 'é');
  client.do('invoke', { target: 'Echo', text: 'ü' });
  const { invocationId, target, arguments: args } = await said();
  requireEqual('what the client said', [target, args], ['Echo', ['ü']]);
  tell({ type: 3, invocationId, result: 'answered' });
  requireEqual('the result', (await client.next('result'))['text'], 'answered');
}

const COMBINATIONS = (Object.keys(DOTNET_TRANSPORTS) as DotnetTransport[]).flatMap((transport) => [
  { transport, protocol: 'json' as const },
  ...(transport === 'event-stream' ? [] : [{ transport, protocol: 'messagepack' as const }]),
]);

const close = (connectionId: string, error: string): ServiceMessage => [
  ServiceType.CloseConnection,
  connectionId,
  error,
  NO_EXTENSIONS,
  NO_EXTENSIONS,
];

const NEEDS = { needs: ['dotnet-client'] } as const;
const WITH_SERVER = { ...NEEDS, modes: ['Default', 'Classic'] } as const;

export const DOTNET_CLIENT_CHECKS: readonly Check[] = [
  ...area('dotnet-client', WITH_SERVER, [
    ...COMBINATIONS.map(({ transport, protocol }) => ({
      id: `served.${transport}-${protocol}`,
      requires: `The .NET client talks over ${transport} in ${protocol} with an app server, both ways.`,
      source: 'client-protocol 2',
      async run(stage: Stage) {
        await requireTalk(await served(stage, { transport, protocol }));
      },
    })),
    {
      id: 'stream.of-the-server',
      requires: 'The .NET client gets the items of a stream, and its end.',
      source: 'client-protocol 3.9',
      async run(stage) {
        const { client, said, tell } = await served(stage);
        await client.next('started');
        client.do('stream', { target: 'Count', text: 'two' });
        const { type, invocationId } = await said();
        requireEqual('the type of what it said', type, 4);
        tell({ type: 2, invocationId, item: 'one' }, { type: 2, invocationId, item: 'two' }, { type: 3, invocationId });
        requireEqual('the first item', (await client.next('item'))['text'], 'one');
        requireEqual('the second item', (await client.next('item'))['text'], 'two');
        await client.next('ended');
      },
    },
    {
      id: 'client-result.answered',
      requires: 'The .NET client answers what an app server asks it.',
      source: 'client-protocol 3.10',
      async run(stage) {
        const { client, server, said, connectionId } = await served(stage);
        await client.next('started');
        const question: HubMessage = { type: 1, invocationId: 'q1', target: 'ask', arguments: ['why'] };
        const address = { invocationId: 'q1', connectionId, callerServerId: server.serverId };
        server.send(invokeClient(address, payloadsOf(question)));
        requireEqual('its answer', await said(), { type: 3, invocationId: 'q1', result: 'why' });
      },
    },
    {
      id: 'group.reached',
      requires: 'The .NET client gets what is sent to its group.',
      source: 'service-protocol 8.2',
      async run(stage) {
        const { client, server, connectionId } = await served(stage);
        await client.next('started');
        await server.acked(joinGroupAcked(connectionId, 'crew'));
        server.send(toGroup('crew', payloadsOf({ type: 1, target: 'say', arguments: ['crew'] })));
        requireEqual('what the client heard', (await client.next('said'))['text'], 'crew');
      },
    },
    {
      id: 'close.with-an-error',
      requires: 'The .NET client reports the error with which its app server closed it.',
      source: 'client-protocol 3.6',
      async run(stage) {
        const { client, server, connectionId } = await served(stage, { reconnects: true });
        await client.next('started');
        server.send(close(connectionId, 'enough'));
        const { message } = await client.next('closed');
        requireMatch('the error', message, /The server closed the connection with the following error: enough/);
      },
    },
    {
      id: 'close.comes-back',
      requires: 'The .NET client comes back by itself where the Close message allows it.',
      source: 'client-protocol 3.6',
      async run(stage) {
        const { client, server, tell } = await served(stage, { reconnects: true });
        const { connectionId: before } = await client.next('started');
        tell({ type: 7, allowReconnect: true });
        await client.next('reconnecting');
        await greeted(server, 'json');
        const { connectionId } = await client.next('reconnected');
        requireEqual('whether it has another id', connectionId !== before, true);
      },
    },
    {
      id: 'stop.is-heard',
      requires: 'The app server hears that the .NET client stopped.',
      source: 'client-protocol 3.6',
      async run(stage) {
        const { client, server, connectionId } = await served(stage);
        await client.next('started');
        client.do('stop');
        await client.next('closed');
        await server.nextOf(ServiceType.CloseConnection, connectionId);
      },
    },
    {
      id: 'stateful.talks',
      requires: 'The .NET client talks with stateful reconnect switched on.',
      source: 'client-protocol 4.1',
      needs: ['dotnet-client', 'stateful-reconnect'],
      async run(stage) {
        await requireTalk(await served(stage, { stateful: true }, { stateful: true }));
      },
    },
  ]),
  ...area('dotnet-client', { ...NEEDS, modes: ['Serverless'] }, [
    ...COMBINATIONS.map(({ transport, protocol }) => ({
      id: `serverless.${transport}-${protocol}`,
      requires: `The .NET client connects over ${transport} in ${protocol}, and hears a REST send.`,
      source: 'client-protocol 2',
      async run(stage: Stage) {
        const client = await DotnetClient.open(stage);
        client.start(stage, { transport, protocol });
        await client.next('started');
        const body = JSON.stringify({ target: 'say', arguments: ['by REST'] });
        await stage.restOk(`/api/hubs/${stage.hub}/:send?api-version=2022-06-01`, 202, { method: 'POST', body });
        requireEqual('what the client heard', (await client.next('said'))['text'], 'by REST');
      },
    })),
  ]),
  ...area('dotnet-client', { ...NEEDS, modes: ['Default'] }, [
    {
      id: 'refused.no-app-server',
      requires: 'The .NET client reports the sentence of the service when no app server is there.',
      source: 'upstream-and-emulator 6.1',
      async run(stage) {
        const client = await DotnetClient.open(stage);
        client.start(stage, {});
        const { message } = await client.next('failed');
        requireMatch('the error', message, /Current mode works as a proxy that routes client traffic/);
      },
    },
  ]),
];
