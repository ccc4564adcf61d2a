import { type AzureSignalROptions, Hub, type HubEntries, withAzureSignalR } from '@signalite/server';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { type FakeServerConnection, FakeService } from './support/fake-service.ts';
import { LineLog } from './support/line-log.ts';

class ChatHub extends Hub {
  async everybody(): Promise<string> {
    await this.clients.all.send('one');
    await this.groups.add('elsewhere', 'g');
    await this.clients.group('g').send('two');
    await this.clients.caller.send('three');
    return 'done';
  }
}

type Options = Partial<AzureSignalROptions<HubEntries>>;

/** An app with a primary and a secondary service, both played by the test. */
async function start(options: Options = {}) {
  const [primary, secondary] = await Promise.all([FakeService.listen(), FakeService.listen()]);
  const log = new LineLog();
  const signalr = withAzureSignalR({
    endpoints: [
      { name: 'a', connectionString: primary.connectionString },
      { name: 'b', connectionString: secondary.connectionString, type: 'secondary' },
    ],
    hubs: { ChatHub },
    logger: log,
    serverConnectionCount: 2,
    shutdownTimeoutMs: 500,
    ...options,
  });
  await signalr.start();
  const [ofPrimary, ofSecondary] = await Promise.all([primary.accept(2), secondary.accept(2)]);
  for (const connection of ofPrimary) connection.agreeToLeave();
  return {
    signalr,
    log,
    ofPrimary,
    ofSecondary,
    async [Symbol.asyncDispose]() {
      await signalr.close();
      await Promise.all([primary[Symbol.asyncDispose](), secondary[Symbol.asyncDispose]()]);
    },
  };
}

function only(connections: readonly FakeServerConnection[], index: number): FakeServerConnection {
  const connection = connections[index];
  if (connection === undefined) throw new Error('no such server connection');
  return connection;
}

/** The one of several server connections on which a broadcast of `method` came. */
async function reached(connections: readonly FakeServerConnection[], type: 10 | 13): Promise<FakeServerConnection> {
  const found = connections.map(async (connection) => {
    await connection.expect(type);
    return connection;
  });
  return Promise.any(found);
}

describe('server connections', () => {
  test('of a primary service are plain ones, of a secondary one weak', async () => {
    await using app = await start();
    const typesOf = (connections: readonly FakeServerConnection[]) =>
      connections.map(({ handshake }) => handshake?.connectionType);
    expect([typesOf(app.ofPrimary), typesOf(app.ofSecondary)]).toEqual([
      [0, 0],
      [2, 2],
    ]);
  });

  test('that are weak close without a word; a weak service gets no more than it has', async () => {
    const app = await start();
    const [weak] = app.ofSecondary;
    weak?.send({ type: 3, values: ['target', 'instance 2'] });
    // Answered behind the wish for one more.
    weak?.send({ type: 3, values: ['echo', 'x'] });
    await weak?.expectPing('echo');
    await app[Symbol.asyncDispose]();
    for (const connection of app.ofSecondary) {
      expect(await connection.closed).toBe(1000);
      expect(connection.messages.rest.filter((one) => one.type === 3 && one.values[0] === 'shutdown')).toEqual([]);
    }
  });

  test('of a call: those of the caller on its own service, always the same one on the other', async () => {
    await using app = await start();
    const home = only(app.ofPrimary, 1);
    await home.openClient('c1');
    home.send(home.text('c1', '{"type":1,"invocationId":"1","target":"everybody","arguments":[]}'));
    await home.expect(10);
    const away = await reached(app.ofSecondary, 10);
    const [joinHome, joinAway] = [await home.expect(18), await away.expect(18)];
    expect([joinHome.connectionId, joinAway.connectionId]).toEqual(['elsewhere', 'elsewhere']);
    // Each service has a confirmation of its own; one is enough.
    expect(joinHome.ackId).not.toBe(joinAway.ackId);
    home.send({ type: 20, ackId: joinHome.ackId, status: 2, message: '' });
    away.send({ type: 20, ackId: joinAway.ackId, status: 1, message: '' });
    await Promise.all([home.expect(13), away.expect(13)]);
    // The caller is here: the other service is not bothered.
    expect(await home.expect(7)).toMatchObject({ connectionIds: ['c1'] });
    expect(await home.expectText('c1')).toBe('{"type":3,"invocationId":"1","result":"done"}');
    expect(away.messages.rest.filter(({ type }) => type !== 3)).toEqual([]);
  });
});

describe('confirmations', () => {
  test('a join that no service knows the connection of is done', async () => {
    await using app = await start();
    const joined = app.signalr.hub('ChatHub').groups.add('nobody', 'g');
    await answerJoins(app, 2, 2);
    await joined;
  });

  test('a join that one service could not do, and the other had no use for, fails', async () => {
    await using app = await start();
    const joined = app.signalr.hub('ChatHub').groups.add('nobody', 'g');
    const refused = expect(joined).rejects.toMatchObject({ code: 'ack-timeout' });
    await answerJoins(app, 2, 4);
    await refused;
  });
});

/** What both services say to a join. */
async function answerJoins(
  { ofPrimary, ofSecondary }: Awaited<ReturnType<typeof start>>,
  home: number,
  away: number,
): Promise<void> {
  const answer = async (connections: readonly FakeServerConnection[], status: number) => {
    const answers = connections.map(async (connection) => {
      const { ackId } = await connection.expect(18);
      connection.send({ type: 20, ackId, status, message: '' });
    });
    await Promise.any(answers);
  };
  await Promise.all([answer(ofPrimary, home), answer(ofSecondary, away)]);
}

describe('client results', () => {
  async function ask() {
    const app = await start();
    const result = app.signalr.hub('ChatHub').clients.client('far').invoke('answer');
    const asked = async (connections: readonly FakeServerConnection[]) =>
      Promise.any(connections.map(async (connection) => ({ connection, question: await connection.expect(34) })));
    const [home, away] = await Promise.all([asked(app.ofPrimary), asked(app.ofSecondary)]);
    expect(home.question).toEqual(away.question);
    const { invocationId } = home.question;
    const about = { invocationId, connectionId: 'far', callerServerId: home.question.callerServerId };
    return {
      app,
      result,
      home: home.connection,
      away: away.connection,
      about,
      [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    };
  }

  test('the first result counts, whatever another service said before', async () => {
    await using asked = await ask();
    const { about, away, home, result } = asked;
    home.send({ type: 36, ...about, error: "Connection 'far' does not exist." });
    const payload = Buffer.from(`{"type":3,"invocationId":"${about.invocationId}","result":5}\x1e`);
    away.send({ type: 35, ...about, protocol: 'json', payload });
    expect(await result).toBe(5);
  });

  test('the call fails when each service said no, or is lost', async () => {
    await using asked = await ask();
    const { about, app, away, home, result } = asked;
    const failed = expect(result).rejects.toMatchObject({ code: 'client-result-failed', message: 'Gone.' });
    away.drop();
    await expect.poll(() => app.log.lines).toEqual(['warn: A server connection was lost; it is opened again.']);
    home.send({ type: 36, ...about, error: 'Gone.' });
    await failed;
  });
});

describe('keys for client tokens over server connections', () => {
  async function startEntra() {
    const service = await FakeService.listen();
    const log = new LineLog();
    const signalr = withAzureSignalR({
      connectionString: service.connectionString.replace(/AccessKey=[^;]*;/, 'AuthType=azure;'),
      credential: () => 'entra-token',
      hubs: { ChatHub },
      logger: log,
      serverConnectionCount: 1,
      shutdownTimeoutMs: 500,
    });
    await signalr.start();
    const connection = only(await service.accept(1), 0);
    connection.agreeToLeave();
    return {
      connection,
      log,
      async keyOfClient() {
        const response = await signalr.negotiate('ChatHub', new Request('http://app/negotiate', { method: 'POST' }));
        const { accessToken } = (await response.json()) as { accessToken: string };
        expect(decodeJwt(accessToken).iss).toBe('azure-signalr');
        return decodeProtectedHeader(accessToken).kid;
      },
      async [Symbol.asyncDispose]() {
        await signalr.close();
        await service[Symbol.asyncDispose]();
      },
    };
  }

  test('are asked for at once with the token that the connection carries', async () => {
    await using app = await startEntra();
    const { connection, keyOfClient, log } = app;
    expect(connection.request.headers.authorization).toBe('Bearer entra-token');
    expect(await connection.expect(28)).toEqual({ type: 28, token: 'entra-token' });
    const key = keyOfClient();
    connection.send({ type: 29, kid: 'k1', accessKey: 'a key of thirty-two bytes, and more' });
    expect(await key).toBe('k1');
    connection.send({ type: 29, kid: 'k2', accessKey: 'a key of thirty-two bytes, and then' });
    await expect.poll(keyOfClient).toBe('k2');
    expect(log.lines).toEqual([]);
  });

  test('that are refused are logged', async () => {
    await using app = await startEntra();
    app.connection.send({ type: 29, errorType: 'Forbidden', errorMessage: 'No role.' });
    await expect.poll(() => app.log.lines).toEqual(['error: The service gave no key for client tokens.']);
  });
});
