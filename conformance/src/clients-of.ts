import type { AppServer } from './peers/app-server.ts';
import type { HubClient } from './peers/hub-client.ts';
import type { ClientOptions, Stage } from './stage.ts';

/** Brings clients in whatever mode the target has: greeted by the service itself, or by an app server of the check. */
export interface ClientsOf {
  /** Undefined in Serverless mode. */
  readonly server: AppServer | undefined;
  come(options?: ClientOptions): Promise<HubClient>;
}

export async function clientsOf(stage: Stage): Promise<ClientsOf> {
  if (stage.target.options.serviceMode === 'Serverless') {
    return { server: undefined, come: (options = {}) => stage.serverlessClient(options) };
  }
  const server = await stage.server();
  return { server, come: async (options = {}) => (await stage.join(server, options)).client };
}

/** A client of a user. */
export const asUser = (userId: string): ClientOptions => ({ claims: { 'asrs.s.uid': userId } });
