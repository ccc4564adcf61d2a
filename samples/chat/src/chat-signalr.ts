import { withAzureSignalR } from '@signalite/server';
import { ChatHub } from './chat-hub.ts';
import { NotificationHub } from './notification-hub.ts';

/** The hubs of this app on one connection string. */
export function createSignalR(connectionString: string) {
  return withAzureSignalR({ connectionString, hubs: { ChatHub, NotificationHub } });
}

export type ChatSignalR = ReturnType<typeof createSignalR>;
