import type { Hub } from '../hub/hub.ts';
import type { LinkedClient } from '../hub/server-link.ts';
import type { StickyServer } from '../hub/sticky-server.ts';
import { noServer } from '../lifetime/close-reasons.ts';
import type { Assignment, ServiceMode } from './service-mode.ts';

// The first sentence is the cloud's, character for character (upstream-and-emulator 6.1).
const NO_SERVER =
  "SignalR Service is now in 'Default' service mode. Current mode works as a proxy that routes client traffic to the " +
  'connected app servers. However app servers are not connected.';
const STICKY_SERVER_GONE = 'The app server that this connection must use is not connected.';

/** Default mode: every client belongs to one app server for its whole life (service-protocol 7.6). */
export const defaultMode: ServiceMode = {
  takesAppServers: true,
  takesServerless: false,
  assign(hub: Hub, client: LinkedClient, sticky: StickyServer | undefined): Assignment {
    const server = hub.servers.select(sticky);
    if (server !== undefined) return { to: 'link', link: server.openLink(client) };
    if (sticky?.isRequired === true) {
      return { to: 'nobody', reason: noServer('ServerConnectionNotFound', STICKY_SERVER_GONE) };
    }
    const hint = `App servers are not connected to hub '${hub.key}'. Start one with this service's connection string.`;
    return { to: 'nobody', reason: noServer('NoAvailableServerConnection', `${NO_SERVER} ${hint}`) };
  },
};
