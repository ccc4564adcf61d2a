import type { IHubProtocol } from '@microsoft/signalr';
import * as signalr10 from '@microsoft/signalr';
import * as messagePack10 from '@microsoft/signalr-protocol-msgpack';
import * as signalr8 from 'signalr-8';
import * as messagePack8 from 'signalr-msgpack-8';
import {
  isUpload,
  type MatrixArgument,
  type MatrixClient,
  type MatrixConnection,
  type MatrixTransport,
  type StreamOutcome,
} from './matrix-client.ts';

/** The parts of one version that are used here; they are the same in all. */
interface Parts {
  readonly signalr: Pick<
    typeof signalr10,
    'HttpTransportType' | 'HubConnectionBuilder' | 'JsonHubProtocol' | 'LogLevel' | 'Subject'
  >;
  readonly MessagePackHubProtocol: new () => IHubProtocol;
}

/** The released JavaScript client, in two versions. */
export const OFFICIAL_CLIENTS: readonly MatrixClient[] = [
  officialClient('@microsoft/signalr 10', { signalr: signalr10, ...messagePack10 }),
  // The types of the versions differ in private members only.
  officialClient('@microsoft/signalr 8', { signalr: signalr8, ...messagePack8 } as unknown as Parts),
];

function officialClient(name: string, parts: Parts): MatrixClient {
  const { signalr, MessagePackHubProtocol } = parts;
  return {
    name,
    protocols: ['json', 'messagepack'],
    hasSideBySideUploads: true,
    async connect({ url, transport, protocol, answer, onEvent }) {
      const connection = new signalr.HubConnectionBuilder()
        .withUrl(url, { transport: transportType(signalr, transport) })
        .withHubProtocol(protocol === 'json' ? new signalr.JsonHubProtocol() : new MessagePackHubProtocol())
        .configureLogging(signalr.LogLevel.None)
        .build();
      for (const method of ['got', 'numbered']) {
        connection.on(method, (value: unknown) => {
          onEvent(method, value);
        });
      }
      if (answer === 'value') connection.on('answer', (question: string) => `${question}!`);
      if (answer === 'throws') {
        connection.on('answer', () => {
          throw new Error('no answer today');
        });
      }
      if (answer === 'never') {
        connection.on('answer', (question: string) => {
          onEvent('asked', question);
          return new Promise(() => undefined);
        });
      }
      connection.onclose((error) => onEvent('closed', error?.message ?? 'no error'));
      await connection.start();
      return connectionOf(parts, connection);
    },
  };
}

function transportType(signalr: Parts['signalr'], transport: MatrixTransport): signalr10.HttpTransportType {
  return signalr.HttpTransportType[transport];
}

function connectionOf({ signalr }: Parts, connection: signalr10.HubConnection): MatrixConnection {
  /** Starts uploads once the call is on its way: a subject keeps nothing for who comes later. */
  const call = <T>(args: readonly MatrixArgument[], run: (values: unknown[]) => T): T => {
    const uploads: (() => void)[] = [];
    const values = args.map((argument) => {
      if (!isUpload(argument)) return argument;
      const subject = new signalr.Subject<unknown>();
      uploads.push(() => {
        for (const item of argument.stream) subject.next(item);
        if (argument.error !== undefined) subject.error(new Error(argument.error));
        else if (!argument.isLeftOpen) subject.complete();
      });
      return subject;
    });
    const result = run(values);
    for (const upload of uploads) upload();
    return result;
  };
  return {
    id: connection.connectionId ?? '',
    invoke: (method, args) => call(args, (values) => connection.invoke(method, ...values)),
    send: (method, args) => call(args, (values) => connection.send(method, ...values)),
    stream: (method, args, limit) => call(args, (values) => outcomeOf(connection.stream(method, ...values), limit)),
    stop: () => connection.stop(),
  };
}

function outcomeOf(stream: signalr10.IStreamResult<unknown>, limit: number | undefined): Promise<StreamOutcome> {
  return new Promise((resolve) => {
    const items: unknown[] = [];
    const subscription = stream.subscribe({
      next(item) {
        items.push(item);
        if (items.length !== limit) return;
        subscription.dispose();
        resolve({ items: [...items], end: 'cancelled' });
      },
      error: (error: Error) => resolve({ items, end: error.message }),
      complete: () => resolve({ items, end: 'completed' }),
    });
  });
}
