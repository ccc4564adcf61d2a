// One call of a hub: an invocation, or a lifecycle event.
import { SignalRServerError } from '../errors.ts';
import type { Outlet } from '../server-connection/outlet.ts';
import type { SendFlow } from './client-proxy.ts';
import type { HubCallerContext } from './hub-caller-context.ts';
import type { HubSender } from './hub-sender.ts';

/** The client that a call belongs to. */
export interface CallOwner {
  readonly context: HubCallerContext;
  /** The server connection of the client. */
  readonly outlet: Outlet;
  readonly sender: HubSender;
}

/** What a hub instance sees of the world during one call. */
export class HubCall implements SendFlow {
  readonly owner: CallOwner;

  constructor(owner: CallOwner) {
    this.owner = owner;
  }

  get sender(): HubSender {
    return this.owner.sender;
  }

  /** All sends of a call go the way that its own answer goes. */
  get route(): Outlet {
    return this.owner.outlet;
  }

  get signal(): AbortSignal {
    return this.owner.context.aborted;
  }

  beforeInvoke(): void {
    // Lifecycle events hold up nobody's invocations.
  }
}

/** The call of `onConnected`. */
export class ConnectedCall extends HubCall {
  override beforeInvoke(): void {
    const text = 'Client results inside OnConnectedAsync Hub methods are not allowed.';
    throw new SignalRServerError('client-result-not-allowed', text);
  }
}
