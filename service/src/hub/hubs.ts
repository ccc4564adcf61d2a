import type { MessageBudget } from '../quota/message-budget.ts';
import { Hub } from './hub.ts';
import type { HubEnvironment } from './hub-state.ts';

/** The hubs of one resource, made when somebody first names them. Hubs of different resources never meet. */
export class Hubs {
  readonly #hubs = new Map<string, Hub>();
  readonly #environment: HubEnvironment & { readonly budget?: MessageBudget };

  /** `budget`: the messages of the resource. */
  constructor(environment: HubEnvironment & { readonly budget?: MessageBudget }) {
    this.#environment = environment;
  }

  /** `name`: the `hub` value of a request, `[application_]hub`; case does not matter (service-protocol 1.3). */
  get(name: string): Hub {
    const key = name.toLowerCase();
    let hub = this.#hubs.get(key);
    if (hub === undefined) {
      hub = new Hub(key, this.#environment);
      this.#hubs.set(key, hub);
    }
    return hub;
  }

  /** The hub, when somebody named it before. */
  find(name: string): Hub | undefined {
    return this.#hubs.get(name.toLowerCase());
  }

  all(): IterableIterator<Hub> {
    return this.#hubs.values();
  }
}
