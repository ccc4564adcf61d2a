import { Hub, type HubMethods } from '@signalite/server';
import type { NotificationContract } from './chat-contract.ts';

/** Clients say which topics they want to hear of. */
export class NotificationHub extends Hub<NotificationContract> implements HubMethods<NotificationContract> {
  async subscribe(topic: string): Promise<void> {
    await this.groups.add(this.context.connectionId, topic);
  }

  async unsubscribe(topic: string): Promise<void> {
    await this.groups.remove(this.context.connectionId, topic);
  }
}
