// The hub of the benchmark on @signalite/server: the app server behind a service, in TypeScript. The same hub in C# is
// `kestrel-hub/Program.cs`.

import { createServer } from 'node:http';
import { Hub, withAzureSignalR } from '@signalite/server';
import { listenAndAnnounce } from './announce.ts';

interface BenchContract {
  server: {
    echo(data: string): void;
    id(): string;
    broadcast(data: string): void;
    join(group: string): void;
    sendGroup(group: string, data: string): void;
    sendConnection(connectionId: string, data: string): void;
  };
  client: { recv(data: string): void };
}

/** One method per traffic pattern; every one answers on the client method "recv". */
class BenchHub extends Hub<BenchContract> {
  async echo(data: string): Promise<void> {
    await this.clients.caller.send('recv', data);
  }

  id(): string {
    return this.context.connectionId;
  }

  async broadcast(data: string): Promise<void> {
    await this.clients.all.send('recv', data);
  }

  async join(group: string): Promise<void> {
    await this.groups.add(this.context.connectionId, group);
  }

  async sendGroup(group: string, data: string): Promise<void> {
    await this.clients.group(group).send('recv', data);
  }

  async sendConnection(connectionId: string, data: string): Promise<void> {
    await this.clients.client(connectionId).send('recv', data);
  }
}

const signalr = withAzureSignalR({
  connectionString: process.env['SIGNALR_CONNECTION_STRING'] ?? '',
  hubs: { BenchHub },
});
await signalr.start();
listenAndAnnounce(createServer(signalr.negotiateListener('BenchHub')));
