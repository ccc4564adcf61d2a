import { HubConnectionBuilder } from '@signalite/client';
import { messagePack } from '@signalite/client/messagepack';
import { isUpload, type MatrixArgument, type MatrixClient, type Upload } from './matrix-client.ts';

/** The client of this package. */
export const OWN_CLIENT: MatrixClient = {
  name: '@signalite/client',
  protocols: ['json', 'messagepack'],
  hasSideBySideUploads: true,
  async connect({ url, transport, protocol, answer, onEvent }) {
    const builder = new HubConnectionBuilder()
      .withUrl(url, { transports: [transport] })
      .withLog({ error: () => undefined });
    const hub = (protocol === 'json' ? builder : builder.withHubProtocol(messagePack)).build();
    for (const method of ['got', 'numbered']) hub.on(method, (value: unknown) => onEvent(method, value));
    if (answer === 'value') hub.on('answer', (question: string) => `${question}!`);
    if (answer === 'throws') {
      hub.on('answer', () => {
        throw new Error('no answer today');
      });
    }
    if (answer === 'never') {
      hub.on('answer', (question: string) => {
        onEvent('asked', question);
        return new Promise(() => undefined);
      });
    }
    hub.onclose((error) => onEvent('closed', error?.message ?? 'no error'));
    await hub.start();
    return {
      id: hub.connectionId ?? '',
      invoke: (method, args) => hub.invoke(method, ...args.map(passed)),
      send: (method, args) => hub.send(method, ...args.map(passed)),
      async stream(method, args, limit) {
        const items: unknown[] = [];
        try {
          for await (const item of hub.stream(method, ...args.map(passed))) {
            items.push(item);
            if (items.length === limit) return { items, end: 'cancelled' };
          }
          return { items, end: 'completed' };
        } catch (error) {
          return { items, end: error instanceof Error ? error.message : String(error) };
        }
      },
      stop: () => hub.stop(),
    };
  },
};

function passed(argument: MatrixArgument): unknown {
  return isUpload(argument) ? itemsOf(argument) : argument;
}

async function* itemsOf({ stream, error, isLeftOpen }: Upload): AsyncGenerator<unknown> {
  yield* stream;
  if (error !== undefined) throw new Error(error);
  if (isLeftOpen) await new Promise(() => undefined);
}
