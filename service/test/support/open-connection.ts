import { expect } from 'vitest';
import type { HttpScene } from './http-scene.ts';
import { clientToken, RawClient } from './raw-client.ts';

const PING = '{"type":6}\x1e';

/** A client that did its handshake, whatever its transport. */
export interface OpenConnection {
  /** What its requests are made of. */
  readonly client: { readonly path: string; readonly token: string };
  /** Resolves when something of the app server came through. */
  isAlive(): Promise<void>;
  /** Ends it as its transport does. */
  leave(): Promise<unknown>;
}

/** Opens a connection over a transport. */
export const OPENS: Readonly<
  Record<'WebSockets' | 'ServerSentEvents' | 'LongPolling', (all: HttpScene) => Promise<OpenConnection>>
> = {
  WebSockets: async ({ service, server }) => {
    const client = await RawClient.connect(service);
    await server.expect(4);
    const { pathname, search } = new URL(client.webSocket.url);
    return {
      client: { path: `${pathname}${search}`, token: await clientToken(service) },
      isAlive: async () => {
        server.sendText(client.connectionId, PING);
        expect(await client.message()).toEqual({ type: 6 });
      },
      leave: async () => client[Symbol.dispose](),
    };
  },
  ServerSentEvents: async (all) => {
    const { client, stream } = await all.streaming();
    return {
      client,
      isAlive: async () => {
        all.server.sendText(client.connectionId, PING);
        expect(await stream.read(`data: ${PING}\r\n\r\n`.length)).toBe(`data: ${PING}\r\n\r\n`);
      },
      leave: async () => stream[Symbol.dispose](),
    };
  },
  LongPolling: async (all) => {
    const client = await all.polling();
    return {
      client,
      isAlive: async () => {
        all.server.sendText(client.connectionId, PING);
        expect((await client.poll()).text).toBe(PING);
      },
      leave: () => client.end(),
    };
  },
};
export const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const;
