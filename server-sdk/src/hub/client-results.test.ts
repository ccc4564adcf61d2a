import { jsonHubProtocol } from '@signalite/protocol';
import { describe, expect, test } from 'vitest';
import { decodePayload, HubHarness, settled } from '../../test/support/hub-harness.ts';
import { HubException } from '../errors.ts';
import { Hub } from './hub.ts';
import { hubContext } from './hub-context.ts';
import type { UntypedHubContract } from './hub-contract.ts';

class AskingHub extends Hub {
  async ask(id: string, question: string): Promise<unknown> {
    return this.clients.client(id).invoke('answer', question);
  }
}

class EarlyHub extends Hub {
  override async onConnected(): Promise<void> {
    await this.clients.caller.invoke('answer');
  }
}

function start(options = {}) {
  const harness = new HubHarness(AskingHub, options);
  const client = harness.connect();
  const context = hubContext<UntypedHubContract>(harness.core.sender);
  const ask = (signal?: AbortSignal) =>
    signal === undefined
      ? context.clients.client(client.connectionId).invoke('answer', 'q')
      : context.clients.client(client.connectionId).invoke('answer', 'q', { signal });
  const question = () => {
    const [message, ...more] = harness.outlet.take(34);
    expect(more).toEqual([]);
    if (message === undefined) throw new Error('nobody was asked');
    return message;
  };
  return { harness, client, context, ask, question };
}

describe('a client of this app server', () => {
  test('is asked in its own protocol, and its answer is the result', async () => {
    const { harness, client, ask, question } = start();
    const result = ask();
    const { invocationId, connectionId, callerServerId, payloads } = question();
    expect(invocationId).toMatch(/^client1-[0-9a-f]{32}-1$/);
    expect([connectionId, callerServerId]).toEqual(['client1', 'server1']);
    expect(payloads).toHaveLength(1);
    expect(decodePayload(payloads, 'json')).toEqual({ type: 1, invocationId, target: 'answer', arguments: ['q'] });
    client.say({ type: 3, invocationId, result: { a: 1 } });
    expect(await result).toEqual({ a: 1 });
    // The service forgets the invocation: that is all that the empty payload says.
    expect(harness.outlet.take(35)).toMatchObject([
      {
        invocationId,
        connectionId: 'client1',
        callerServerId: 'server1',
        protocol: 'json',
        payload: new Uint8Array(0),
      },
    ]);
  });

  test('may answer null', async () => {
    const { client, ask, question } = start();
    const result = ask();
    client.say({ type: 3, invocationId: question().invocationId, result: null });
    expect(await result).toBeNull();
  });

  test('may answer with an error', async () => {
    const { client, ask, question } = start();
    const result = ask();
    client.say({ type: 3, invocationId: question().invocationId, error: 'no idea' });
    await expect(result).rejects.toEqual(new HubException('no idea'));
  });

  test('that answers without a result has failed', async () => {
    const { client, ask, question } = start();
    const result = ask();
    client.say({ type: 3, invocationId: question().invocationId });
    await expect(result).rejects.toEqual(new HubException("Client didn't provide a result."));
  });

  test.each([
    ['leaves', 'leave'],
    ['says goodbye', 'goodbye'],
  ])('that %s answers no more', async (_name, way) => {
    const { client, ask } = start();
    const result = ask();
    if (way === 'leave') client.leave();
    else client.say({ type: 7 });
    await expect(result).rejects.toMatchObject({
      code: 'client-result-failed',
      message: "Connection 'client1' disconnected.",
    });
  });

  test('that answers for another is disconnected', async () => {
    const { harness, client, ask, question } = start({ enableDetailedErrors: true });
    const other = harness.connect();
    const result = ask();
    const { invocationId } = question();
    other.say({ type: 3, invocationId, result: 'mine' });
    const text = `Connection ID 'client2' is not valid for invocation ID '${invocationId}'.`;
    expect(other.heard()).toEqual([
      { type: 7, error: `Connection closed with an error. InvalidDataException: ${text}`, allowReconnect: true },
    ]);
    client.say({ type: 3, invocationId, result: 'yes' });
    expect(await result).toBe('yes');
  });
});

describe('a client of another app server', () => {
  test('is asked in every protocol, and the service brings the answer', async () => {
    const { harness, context, question } = start();
    const result = context.clients.client('far').invoke('answer');
    const { invocationId, payloads } = question();
    expect(payloads.map(({ protocol }) => protocol)).toEqual(['json', 'messagepack']);
    harness.core.results.serviceCompleted({ type: 3, invocationId, result: 5 });
    expect(await result).toBe(5);
  });

  test('that does not exist is told by the service', async () => {
    const { harness, context, question } = start();
    const result = context.clients.client('nope').invoke('answer');
    harness.core.results.serviceFailed(question().invocationId, "Connection 'nope' does not exist.", harness.outlet);
    await expect(result).rejects.toMatchObject({
      code: 'client-result-failed',
      message: "Connection 'nope' does not exist.",
    });
  });

  test('is lost with its service instance', async () => {
    const { harness, context, question } = start();
    const result = context.clients.client('far').invoke('answer');
    harness.core.results.mapped(question().invocationId, 'instance1');
    harness.core.results.instanceLost('instance2');
    harness.core.results.instanceLost('instance1');
    await expect(result).rejects.toThrow("Connection 'far' disconnected.");
  });

  test('may ask ours: the answer goes to the service', () => {
    const { harness, client } = start();
    harness.core.results.route({
      type: 34,
      invocationId: 'far-1',
      connectionId: client.connectionId,
      callerServerId: 'server2',
      payloads: [],
    });
    client.say({ type: 3, invocationId: 'far-1', result: 'yes' });
    client.say({ type: 3, invocationId: 'far-1', result: 'again' });
    expect(harness.outlet.take(35)).toEqual([
      {
        type: 35,
        invocationId: 'far-1',
        connectionId: 'client1',
        callerServerId: 'server1',
        protocol: 'json',
        payload: jsonHubProtocol.encode({ type: 3, invocationId: 'far-1', result: 'yes' }),
      },
    ]);
    expect(client.heard()).toEqual([]);
  });
});

describe('a question', () => {
  test('can be given up', async () => {
    const { harness, client, ask, question } = start();
    const abort = new AbortController();
    const result = ask(abort.signal);
    const { invocationId, payloads } = question();
    expect(decodePayload(payloads, 'json')).toMatchObject({ arguments: ['q'] });
    abort.abort();
    await expect(result).rejects.toEqual(new HubException('Invocation canceled by the server.'));
    client.say({ type: 3, invocationId, result: 'late' });
    expect(harness.outlet.take(35)).toEqual([]);
  });

  test('that was given up before is not asked', async () => {
    const { harness, ask } = start();
    await expect(ask(AbortSignal.abort())).rejects.toThrow('Invocation canceled by the server.');
    expect(harness.outlet.messages).toEqual([]);
  });

  test('has a deadline', async () => {
    const { harness, ask } = start({ clientResultTimeoutMs: 5000 });
    const result = ask();
    harness.pass(5);
    await expect(result).rejects.toMatchObject({ code: 'client-result-timeout', message: 'Invocation timed out.' });
  });

  test('that cannot be written fails', async () => {
    const { harness, context } = start();
    const circular: unknown[] = [];
    circular.push(circular);
    await expect(context.clients.client('x').invoke('answer', circular)).rejects.toThrow(RangeError);
    expect(harness.outlet.messages).toEqual([]);
  });

  test('is lost with the server connection', async () => {
    const { harness, ask } = start();
    const result = ask();
    harness.core.results.connectionLost(harness.outlet);
    await expect(result).rejects.toMatchObject({ code: 'connection-lost' });
  });

  test('may not be asked in onConnected', async () => {
    const harness = new HubHarness(EarlyHub, { enableDetailedErrors: true });
    const client = harness.connect();
    await settled();
    const text = 'SignalRServerError: Client results inside OnConnectedAsync Hub methods are not allowed.';
    expect(client.heard()).toEqual([{ type: 7, error: `Connection closed with an error. ${text}` }]);
    expect(harness.outlet.take(34)).toEqual([]);
  });

  test('of a hub method fails it as every error does', async () => {
    const { harness, client } = start();
    client.invoke('ask', ['nope', 'q']);
    await settled();
    harness.core.results.serviceFailed(
      harness.outlet.take(34)[0]?.invocationId ?? '',
      "Connection 'nope' does not exist.",
      harness.outlet,
    );
    await settled();
    expect(client.heard()).toEqual([
      { type: 3, invocationId: '1', error: "An unexpected error occurred invoking 'ask' on the server." },
    ]);
  });
});
