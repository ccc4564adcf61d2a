import type { Hub } from '../hub/hub.ts';
import type { LinkedClient, ServerLink } from '../hub/server-link.ts';
import type { StickyServer } from '../hub/sticky-server.ts';
import type { CloseReason } from '../lifetime/close-reasons.ts';

/** Where a client's messages go, decided once, when its hub handshake request was read. */
export type Assignment =
  | { readonly to: 'link'; readonly link: ServerLink }
  | { readonly to: 'nobody'; readonly reason: CloseReason };

/** What differs between Default, Serverless and Classic (upstream-and-emulator 6). */
export interface ServiceMode {
  /** App servers may connect for clients; weak connections always may. */
  readonly takesAppServers: boolean;
  /** Clients may live without an app server. */
  readonly takesServerless: boolean;
  assign(hub: Hub, client: LinkedClient, sticky: StickyServer | undefined): Assignment;
}
