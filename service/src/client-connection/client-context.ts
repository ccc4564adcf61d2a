import type { ServiceLimits, ServiceTimers } from '../config/limits.ts';
import type { Hub } from '../hub/hub.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { EndOfTurn } from '../outbound/end-of-turn.ts';
import type { ServiceMode } from '../service-mode/service-mode.ts';
import type { ClientIdentity } from './client-identity.ts';

/** What all client connections of one hub share: one object, so that each connection keeps one field. */
export interface ClientContext {
  readonly hub: Hub;
  readonly limits: ServiceLimits;
  readonly timers: ServiceTimers;
  readonly events: ServiceEvents;
  readonly endOfTurn: EndOfTurn;
  /** The mode in force now: settings change while the service runs. */
  readonly serviceMode: () => ServiceMode;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A connection ended for good. */
  readonly released: (identity: ClientIdentity) => void;
}
