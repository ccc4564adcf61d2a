import { HubConnectionBuilder } from '@signalite/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ScriptedHttpServer, type ServerSocket, WEB_SOCKETS } from './support/scripted-http-server.ts';

// Client-protocol 4 and the dialogue "resume" of section 7, over real sockets.

let server: ScriptedHttpServer;

beforeEach(async () => {
  server = await ScriptedHttpServer.listen();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

const frame = (message: object) => `${JSON.stringify(message)}\u001e`;

/** Takes a connection: negotiation, WebSocket and handshake. */
async function accept(): Promise<ServerSocket> {
  const { query } = await server.negotiate([WEB_SOCKETS], { useStatefulReconnect: true });
  expect(query).toContain('useStatefulReconnect=true');
  const socket = await (await server.next('UPGRADE /chat')).accept();
  expect(await socket.messages.take()).toBe('{"protocol":"json","version":2}\u001e');
  socket.webSocket.send('{}\u001e');
  expect(await socket.messages.take()).toBe(frame({ type: 6 }));
  return socket;
}

function build() {
  return new HubConnectionBuilder()
    .withUrl(`${server.origin}/chat`)
    .withStatefulReconnect()
    .withAutomaticReconnect([0])
    .build();
}

test('a lost socket is replaced, and no call notices', async () => {
  const hub = build();
  const [starting, first] = [hub.start(), await accept()];
  await starting;
  const one = hub.invoke('Echo', 'one');
  expect(await first.messages.take()).toBe('{"type":1,"invocationId":"0","target":"Echo","arguments":["one"]}\u001e');
  first.webSocket.send(frame({ type: 3, invocationId: '0', result: 'one' }) + frame({ type: 8, sequenceId: 1 }));
  expect(await one).toBe('one');

  const two = hub.invoke('Slow', 1500);
  const slow = await first.messages.take();
  first.webSocket.terminate();
  const upgrade = await server.next('UPGRADE /chat');
  expect(upgrade.query).toContain('id=secret');
  const second = await upgrade.accept();
  second.webSocket.send(frame({ type: 9, sequenceId: 2 }));
  expect(await second.messages.take()).toBe(frame({ type: 9, sequenceId: 2 }));
  expect(await second.messages.take()).toBe(slow);
  const three = hub.invoke('Echo', 'three');
  await second.messages.take();
  second.webSocket.send(
    frame({ type: 8, sequenceId: 3 }) +
      frame({ type: 3, invocationId: '1', result: 1500 }) +
      frame({ type: 3, invocationId: '2', result: 'three' }),
  );
  expect(await Promise.all([two, three])).toEqual([1500, 'three']);
  expect(hub.connectionId).toBe('public');
  expect(await second.messages.take()).toBe(frame({ type: 8, sequenceId: 3 }));
  await hub.stop();
  expect(await second.messages.take()).toBe(frame({ type: 7 }));
});

test('a socket that is not wanted back is replaced by a new connection', async () => {
  const hub = build();
  const reconnecting = new Promise<Error | undefined>((resolve) => hub.onreconnecting(resolve));
  const reconnected = new Promise<string | undefined>((resolve) => hub.onreconnected(resolve));
  const [starting, first] = [hub.start(), await accept()];
  await starting;
  const lost = expect(hub.invoke('Slow')).rejects.toMatchObject({ code: 'connection-closed' });
  await first.messages.take();
  first.webSocket.terminate();
  (await server.next('UPGRADE /chat')).respond(404, 'No Connection with that ID');
  const second = await accept();
  await lost;
  expect(await reconnecting).toMatchObject({ code: 'transport-closed', status: 1006 });
  expect(await reconnected).toBe('public');
  await hub.send('Echo');
  expect(await second.messages.take()).toBe('{"type":1,"target":"Echo","arguments":[]}\u001e');
  await hub.stop();
});
