/** Sticky-server wishes of a client's token (service-protocol 2.4, 7.6). */
export interface StickyServer {
  readonly serverId: string;
  readonly isRequired: boolean;
}
