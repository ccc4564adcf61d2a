import type { AppServer } from './peers/app-server.ts';
import type { HubClient } from './peers/hub-client.ts';
import type { Stage } from './stage.ts';
import { joinGroupAcked } from './wire/hub-requests.ts';

/** Three JSON clients of one app server. */
export interface Trio {
  readonly server: AppServer;
  readonly a: HubClient;
  readonly b: HubClient;
  readonly c: HubClient;
}

/** User ids of the three; whoever has none is anonymous. */
export interface TrioUsers {
  readonly a?: string;
  readonly b?: string;
  readonly c?: string;
}

/** Three clients, joined one after the other. */
export async function trio(stage: Stage, users: TrioUsers = {}): Promise<Trio> {
  const server = await stage.server();
  const a = await come(stage, server, users.a);
  const b = await come(stage, server, users.b);
  return { server, a, b, c: await come(stage, server, users.c) };
}

/** A client of this server and no other. */
export async function come(stage: Stage, server: AppServer, user?: string): Promise<HubClient> {
  const sticky = { 'asrs.s.sn': server.serverId, 'asrs.s.ssticky': 'Required' };
  const claims = user === undefined ? sticky : { ...sticky, 'asrs.s.uid': user };
  return (await stage.join(server, { claims })).client;
}

/** Puts clients into a group, and goes on when they are in it. */
export async function together(server: AppServer, group: string, clients: readonly HubClient[]): Promise<void> {
  for (const { connectionId } of clients) await server.acked(joinGroupAcked(connectionId, group));
}
