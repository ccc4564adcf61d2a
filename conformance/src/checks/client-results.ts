import { randomUUID } from 'node:crypto';
import { area, type Check } from '../check.ts';
import type { AppServer } from '../peers/app-server.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { settled } from '../received.ts';
import { requireEqual, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { encodeHubMessage, type HubMessage, type HubProtocolName } from '../wire/hub-protocol.ts';
import * as requests from '../wire/hub-requests.ts';
import { PackMap, type PackValue } from '../wire/message-pack.ts';
import { payloads, type ServiceMessage, ServiceType } from '../wire/service-message.ts';

const RESULT_TYPES: readonly number[] = [
  ServiceType.ClientInvocation,
  ServiceType.ClientCompletion,
  ServiceType.ErrorCompletion,
  ServiceType.ServiceMapping,
];

/** A client of one server, and who asks it for a result. */
interface Question {
  /** Holds the client. */
  readonly holder: AppServer;
  readonly client: HubClient;
  /** The OpenConnection of the client. */
  readonly opened: ServiceMessage;
  readonly caller: AppServer;
  readonly address: requests.InvocationAddress;
}

interface QuestionOptions {
  /** `own`: the connection that holds the client. `twin`: another of the same server. Default `other`. */
  readonly caller?: 'own' | 'twin' | 'other' | 'weak';
  readonly protocol?: HubProtocolName;
}

/** Who asks is there, the question is not. */
async function prepare(stage: Stage, { caller = 'other', protocol = 'json' }: QuestionOptions): Promise<Question> {
  const holder = await stage.server({ serverId: `holder-${randomUUID()}` });
  const { client, opened } = await stage.join(holder, { protocol });
  const asking = await callerOf(stage, holder, caller);
  return { holder, client, opened, caller: asking, address: addressOf(client.connectionId, asking) };
}

function callerOf(stage: Stage, holder: AppServer, caller: QuestionOptions['caller']): Promise<AppServer> {
  switch (caller) {
    case 'own':
      return Promise.resolve(holder);
    case 'twin':
      return stage.server({ serverId: holder.serverId });
    case 'weak':
      return stage.server({ connectionType: 2 });
    default:
      return stage.server();
  }
}

function addressOf(connectionId: string, { serverId }: AppServer): requests.InvocationAddress {
  return { invocationId: `${connectionId}-${randomUUID()}-1`, connectionId, callerServerId: serverId };
}

function ask({ caller, address }: Question, target = 'question'): void {
  const { invocationId } = address;
  const ready = requests.payloadsOf({ type: 1, invocationId, target, arguments: [] });
  caller.send(requests.invokeClient(address, ready));
}

/** The question has reached the client. */
async function asked(stage: Stage, options: QuestionOptions = {}): Promise<Question> {
  const question = await prepare(stage, options);
  ask(question);
  const { invocationId } = question.address;
  const came = await question.client.next('the invocation', 1);
  requireEqual('the invocation', came, { type: 1, invocationId, target: 'question', arguments: [] });
  return question;
}

/** The client answers; gives what its server must get. */
function answer({ client, address }: Question, result: Readonly<Record<string, unknown>>): Buffer {
  const completion: HubMessage = { type: 3, invocationId: address.invocationId, ...result };
  client.send(completion);
  return encodeHubMessage(client.protocol, completion);
}

/** Requires that the holder gets a completion as the client wrote it. */
async function requireData({ holder, client }: Question, completion: Buffer): Promise<void> {
  const [, , payload] = await holder.nextOf(ServiceType.ConnectionData, client.connectionId);
  requireEqual('the data of the client', textOf(payload), textOf(completion));
}

/** Bytes as texts show them: one a character. */
function textOf(payload: PackValue | undefined): string {
  requireThat(payload instanceof Uint8Array, 'a payload', payload);
  return Buffer.from(payload).toString('latin1');
}

/** The next message of a type about this question; its address must be that of the question. */
async function about(server: AppServer, type: number, address: requests.InvocationAddress): Promise<ServiceMessage> {
  const message = await server.next(type, ([, invocationId]) => invocationId === address.invocationId);
  requireEqual('the connection id', message[2], address.connectionId);
  return message;
}

/** Requires the ErrorCompletion of a question. */
async function requireError(caller: AppServer, address: requests.InvocationAddress, error: string): Promise<void> {
  const message = await about(caller, ServiceType.ErrorCompletion, address);
  requireEqual('the caller and the error', [message[3], message[4]], [address.callerServerId, error]);
}

/** Requires that a server was told nothing more of client results, behind an Ack. */
async function requireNothingMore(server: AppServer): Promise<void> {
  await settled(server);
  const more = server.serviceMessages.untaken.filter(([type]) => RESULT_TYPES.includes(type));
  requireEqual('further messages of client results', more, []);
}

const OWN: readonly Check[] = (['own', 'twin'] as const).flatMap((caller) => {
  const name = caller === 'own' ? 'own' : 'same-server';
  const who = caller === 'own' ? 'The server connection of a client' : 'Another connection of the same server';
  return [
    {
      id: `${name}.answer-comes-as-data`,
      requires: `${who} asks it: the answer comes as ConnectionData, byte for byte, where the client is bound.`,
      source: 'service-protocol 9.1',
      async run(stage: Stage) {
        const question = await asked(stage, { caller });
        await requireData(question, answer(question, { result: { a: [1, 'ä'] } }));
      },
    },
    {
      id: `${name}.nobody-is-told-more`,
      requires: `${who} asks it: no registration, no mapping, and no word to the ClientCompletion behind it.`,
      source: 'service-protocol 9.2',
      async run(stage: Stage) {
        const question = await asked(stage, { caller });
        await requireData(question, answer(question, { result: 1 }));
        question.caller.send(requests.completeInvocation(question.address, 'json'));
        await requireNothingMore(question.caller);
        await requireNothingMore(question.holder);
      },
    },
  ];
});

const ROUTED: readonly Check[] = [
  {
    id: 'routed.registration-comes-first',
    requires: "The client's server gets ClientInvocation (34) with the caller before it gets the client's answer.",
    source: 'service-protocol 9.2',
    async run(stage) {
      const question = await asked(stage);
      answer(question, { result: 1 });
      const { holder, address } = question;
      const isOne = ([type]: ServiceMessage) =>
        type === ServiceType.ClientInvocation || type === ServiceType.ConnectionData;
      const first = await holder.serviceMessages.next('ClientInvocation or ConnectionData', isOne);
      const { invocationId, connectionId, callerServerId } = address;
      const expected = [ServiceType.ClientInvocation, invocationId, connectionId, callerServerId];
      requireEqual('the first message', first.slice(0, 4), expected);
    },
  },
  {
    id: 'routed.mapping-names-the-instance',
    requires:
      'The caller gets ServiceMapping (37) with the instance that holds the client, as OpenConnection named it.',
    source: 'service-protocol 9.2',
    async run(stage) {
      const { caller, opened, address } = await asked(stage);
      const [, , , headers] = opened;
      requireThat(headers instanceof PackMap, 'headers of OpenConnection', headers);
      const [, values] = headers.entries.find(([key]) => String(key).toLowerCase() === 'asrs-instance-id') ?? [];
      const mapping = await about(caller, ServiceType.ServiceMapping, address);
      requireEqual('the instance', [mapping[3]], values);
    },
  },
  ...(['json', 'messagepack'] as const).map((protocol: HubProtocolName) => ({
    id: `routed.result-${protocol}`,
    requires: `What the server of a ${protocol} client reports comes to the caller as its ClientCompletion (35), unchanged.`,
    source: 'service-protocol 9.2',
    async run(stage: Stage) {
      const question = await asked(stage, { protocol });
      const completion = answer(question, { result: [1, 'ä'] });
      await requireData(question, completion);
      const { holder, caller, address } = question;
      const reported = { ...address, callerServerId: holder.serverId };
      holder.send(requests.completeInvocation(reported, protocol, completion));
      const message = await about(caller, ServiceType.ClientCompletion, address);
      requireEqual('the caller and the protocol', [message[3], message[4]], [address.callerServerId, protocol]);
      requireEqual('the completion', textOf(message[5]), textOf(completion));
      requireEqual('extension 3', message[6] instanceof PackMap && message[6].get(3), protocol);
      await about(caller, ServiceType.ServiceMapping, address);
      await requireNothingMore(caller);
    },
  })),
  {
    id: 'routed.error-of-the-client',
    requires: "A client's own error travels as its completion, not as ErrorCompletion.",
    source: 'service-protocol 9.4',
    async run(stage) {
      const question = await asked(stage);
      const completion = answer(question, { error: 'I will not' });
      await requireData(question, completion);
      const { holder, caller, address } = question;
      holder.send(requests.completeInvocation({ ...address, callerServerId: holder.serverId }, 'json', completion));
      const message = await about(caller, ServiceType.ClientCompletion, address);
      requireEqual('the completion', textOf(message[5]), textOf(completion));
    },
  },
  {
    id: 'routed.several-at-once',
    requires: 'Results that come in another order than their questions go by their invocation ids.',
    source: 'service-protocol 9.2',
    async run(stage) {
      const first = await asked(stage);
      const second = { ...first, address: addressOf(first.client.connectionId, first.caller) };
      ask(second);
      await first.client.next('the second invocation', 1);
      for (const { holder, address } of [second, first]) {
        const completion = encodeHubMessage('json', { type: 3, invocationId: address.invocationId, result: 1 });
        holder.send(requests.completeInvocation(address, 'json', completion));
      }
      for (const { caller, address } of [first, second]) {
        const message = await about(caller, ServiceType.ClientCompletion, address);
        const text = textOf(message[5]);
        requireThat(text.includes(address.invocationId), `a completion of ${address.invocationId}`, text);
      }
    },
  },
  {
    id: 'routed.weak-caller',
    requires: 'A weak connection that asks a client of another server gets the result.',
    source: 'service-protocol 9.3',
    severity: 'should',
    async run(stage) {
      const question = await asked(stage, { caller: 'weak' });
      const completion = answer(question, { result: 1 });
      await requireData(question, completion);
      const { holder, caller, address } = question;
      holder.send(requests.completeInvocation({ ...address, callerServerId: holder.serverId }, 'json', completion));
      const message = await about(caller, ServiceType.ClientCompletion, address);
      requireEqual('the completion', textOf(message[5]), textOf(completion));
    },
  },
];

const ERRORS: readonly Check[] = [
  {
    id: 'errors.unknown-connection',
    requires: 'A question for an unknown connection gets ErrorCompletion (36).',
    source: 'service-protocol 9.4',
    async run(stage) {
      const caller = await stage.server();
      const address = addressOf('unknown', caller);
      caller.send(requests.invokeClient(address, 'question'));
      await requireError(caller, address, "Connection 'unknown' does not exist.");
    },
  },
  ...(['own', 'other'] as const).map((caller) => ({
    id: `errors.client-leaves.${caller}`,
    requires: `A client of the ${caller === 'own' ? "caller's own" : 'another server'} that leaves without an answer is told of by ErrorCompletion.`,
    source: 'service-protocol 9.4',
    async run(stage: Stage) {
      const question = await asked(stage, { caller });
      question.client.socket.drop();
      const { connectionId } = question.address;
      await requireError(question.caller, question.address, `Connection '${connectionId}' disconnected.`);
    },
  })),
  {
    id: 'errors.no-payload',
    requires:
      "A question without a payload for the client's hub protocol gets ErrorCompletion, and the client nothing.",
    source: 'service-protocol 9.4',
    severity: 'should',
    async run(stage) {
      const { caller, client, address, holder } = await prepare(stage, { protocol: 'messagepack' });
      const { invocationId, connectionId } = address;
      const text = encodeHubMessage('json', { type: 1, invocationId, target: 'question', arguments: [] });
      caller.send(requests.invokeClient(address, payloads({ json: text })));
      await requireError(caller, address, `No payload for the hub protocol of connection '${connectionId}'.`);
      holder.sendTo(connectionId, 'messagepack', { type: 1, target: 'fence', arguments: [] });
      requireEqual('the next invocation', (await client.next('the fence', 1))['target'], 'fence');
    },
  },
  {
    id: 'errors.late-results-are-dropped',
    requires: 'A result for a question that has ended or never was goes to nobody, and disturbs nothing.',
    source: 'service-protocol 9.2',
    severity: 'should',
    async run(stage) {
      const question = await asked(stage);
      const { holder, caller, address } = question;
      const completion = encodeHubMessage('json', { type: 3, invocationId: address.invocationId, result: 1 });
      for (const invocationId of ['never', address.invocationId, address.invocationId]) {
        holder.send(requests.completeInvocation({ ...address, invocationId }, 'json', completion));
      }
      await settled(holder);
      await about(caller, ServiceType.ServiceMapping, address);
      await about(caller, ServiceType.ClientCompletion, address);
      await requireNothingMore(caller);
    },
  },
];

export const CLIENT_RESULT_CHECKS: readonly Check[] = area('client-results', { modes: ['Default', 'Classic'] }, [
  ...OWN,
  ...ROUTED,
  ...ERRORS,
]);
