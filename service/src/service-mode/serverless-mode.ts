import type { Hub } from '../hub/hub.ts';
import type { LinkedClient } from '../hub/server-link.ts';
import { defaultMode } from './default-mode.ts';
import { type ServerlessContext, ServerlessLink } from './serverless-link.ts';
import type { Assignment, ServiceMode } from './service-mode.ts';

/** What serverless clients of a resource share. */
export type ServerlessOptions = Omit<ServerlessContext, 'hubKey' | 'lane'>;

/** The modes that answer clients without an app server (upstream-and-emulator 6). */
export function serverlessModes(options: ServerlessOptions): { serverless: ServiceMode; classic: ServiceMode } {
  const contexts = new Map<string, ServerlessContext>();
  const assign = (hub: Hub, client: LinkedClient): Assignment => {
    let context = contexts.get(hub.key);
    if (context === undefined) {
      context = { ...options, hubKey: hub.key, lane: hub.openLane() };
      contexts.set(hub.key, context);
    }
    return { to: 'link', link: new ServerlessLink(client, context) };
  };
  return {
    serverless: { takesAppServers: false, takesServerless: true, assign },
    classic: {
      takesAppServers: true,
      takesServerless: true,
      assign(hub, client, sticky) {
        const assignment = defaultMode.assign(hub, client, sticky);
        return assignment.to === 'link' || sticky?.isRequired === true ? assignment : assign(hub, client);
      },
    },
  };
}
