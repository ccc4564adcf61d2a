import type { HubContext } from '@signalite/server';
import type { NotificationContract } from './chat-contract.ts';

/** Sends notifications from outside a hub: from a request, a timer, a queue. */
export class NotificationService {
  readonly #hub: HubContext<NotificationContract>;

  constructor(hub: HubContext<NotificationContract>) {
    this.#hub = hub;
  }

  async notify(topic: string, title: string, text: string): Promise<void> {
    const notification = { topic, title, text, at: new Date().toISOString() };
    await this.#hub.clients.group(topic).send('notified', notification);
  }
}
