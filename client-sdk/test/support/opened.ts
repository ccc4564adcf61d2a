import { type HubProtocol, jsonHubProtocol } from '@signalite/protocol';
import type { Connection, ConnectionListener } from '../../src/connection/connection.ts';
import type { OpenConnectionOptions } from '../../src/connection/connection-options.ts';
import { createOpenConnection } from '../../src/connection/open-connection.ts';
import { Inbox } from './inbox.ts';
import type { ScriptedHttpServer } from './scripted-http-server.ts';

/** Hears what a connection says. */
export class Hearing implements ConnectionListener {
  readonly texts = new Inbox<string>('received');
  readonly ends = new Inbox<{ readonly error: Error | undefined }>('closed');

  received(bytes: Uint8Array): void {
    this.texts.push(Buffer.from(bytes).toString());
  }

  closed(error: Error | undefined): void {
    this.ends.push({ error });
  }
}

/** A connection that is being opened, to `/chat` of the server. */
export interface Opening {
  readonly connection: Promise<Connection>;
  readonly hearing: Hearing;
  readonly abort: AbortController;
}

export function openTo(
  server: ScriptedHttpServer,
  options: OpenConnectionOptions = {},
  { path = '/chat', hubProtocol = jsonHubProtocol }: { path?: string; hubProtocol?: HubProtocol } = {},
): Opening {
  const hearing = new Hearing();
  const abort = new AbortController();
  const open = createOpenConnection(server.origin + path, options);
  const connection = open(hubProtocol, hearing, abort.signal);
  connection.catch(() => undefined);
  return { connection, hearing, abort };
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
