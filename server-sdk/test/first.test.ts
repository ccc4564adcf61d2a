import { Hub, type HubMethods, withAzureSignalR } from '@signalite/server';
import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { LineLog, NegotiateServer } from './support/start-app.ts';

interface ChatContract {
  server: {
    send(user: string, text: string): void;
    count(to: number): AsyncIterable<number>;
    sum(items: AsyncIterable<number>): number;
  };
  client: { message(user: string, text: string): void; ask(question: string): string };
}

class ChatHub extends Hub<ChatContract> implements HubMethods<ChatContract> {
  async send(user: string, text: string): Promise<void> {
    await this.clients.all.send('message', user, text);
  }
  async *count(to: number): AsyncGenerator<number> {
    for (let i = 0; i < to; i++) yield i;
  }
  async sum(items: AsyncIterable<number>): Promise<number> {
    let total = 0;
    for await (const item of items) total += item;
    return total;
  }
  override async onConnected(): Promise<void> {
    await this.groups.add(this.context.connectionId, 'lobby');
  }
}

test('first', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0 });
  const log = new LineLog();
  await using signalr = withAzureSignalR({
    connectionString: service.connectionString,
    hubs: { ChatHub },
    logger: log,
  });
  await signalr.start();
  await using app = await NegotiateServer.listen(signalr, 'ChatHub', { userId: 'ann' });
  const a = await app.connect();
  const got = new Promise((resolve) => a.on('message', (...args) => resolve(args)));
  expect(await a.invoke('Send', 'ann', 'hi')).toBe(null);
  expect(await got).toEqual(['ann', 'hi']);
  const items: number[] = [];
  await new Promise<void>((resolve, reject) =>
    a.stream('count', 3).subscribe({ next: (i) => items.push(i), complete: resolve, error: reject }),
  );
  expect(items).toEqual([0, 1, 2]);
  await expect(a.invoke('nope')).rejects.toThrow('Method does not exist.');
  const lobby = new Promise((resolve) => a.on('message', (...args) => resolve(args)));
  await signalr.hub('ChatHub').clients.group('lobby').send('message', 'server', 'yo');
  expect(await lobby).toEqual(['server', 'yo']);
  await a.stop();
  expect(log.lines).toEqual([]);
});
