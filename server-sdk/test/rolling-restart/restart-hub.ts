import { setTimeout as sleep } from 'node:timers/promises';
import { Hub, type HubMethods } from '@signalite/server';

/** What the talkers of a rolling restart need; the app in `aspnet` has the same hub in C#. */
export interface RestartContract {
  server: {
    /** Joins a room for as long as the connection lives, and gives the server's label. */
    join(room: string): string;
    /** Numbers go up; gives the number back. */
    say(room: string, from: number, number: number): number;
  };
  client: { said(from: number, number: number, server: string): void };
}

/** How long a method works, so that calls are under way whenever a server goes. Milliseconds. */
const WORK_MS = Number(process.env['WORK_MS'] ?? 0);
export const SERVER_LABEL = process.env['SERVER_LABEL'] ?? 'server';

export class RestartHub extends Hub<RestartContract> implements HubMethods<RestartContract> {
  async join(room: string) {
    await this.groups.add(this.context.connectionId, room);
    return SERVER_LABEL;
  }

  async say(room: string, from: number, number: number) {
    if (WORK_MS > 0) await sleep(WORK_MS);
    await this.clients.group(room).send('said', from, number, SERVER_LABEL);
    return number;
  }
}
