import type { ServiceEvent, ServiceEventListener, ServiceEventName } from 'signalite';
import { Inbox } from './inbox.ts';

type EventOf<N extends ServiceEventName> = Extract<ServiceEvent, { name: N }>;

/** How long a call took: told of every call, and nothing that happened. */
const MEASURES: ReadonlySet<ServiceEventName> = new Set(['restAnswered', 'upstreamAnswered']);

/** Everything that a service told. */
export class RecordedEvents {
  readonly all: ServiceEvent[] = [];
  readonly #inbox = new Inbox<ServiceEvent>('events');

  /** For `onEvent`. */
  readonly listener: ServiceEventListener = (event) => {
    if (MEASURES.has(event.name)) return;
    this.all.push(event);
    this.#inbox.push(event);
  };

  /** All events of one name so far. */
  of<N extends ServiceEventName>(name: N): EventOf<N>[] {
    return this.all.filter((event): event is EventOf<N> => event.name === name);
  }

  /** The next event of one name, come or to come. */
  async next<N extends ServiceEventName>(name: N): Promise<EventOf<N>> {
    const event = await this.#inbox.find((one) => one.name === name);
    if (!isNamed(event, name)) throw new Error(`expected the event ${name}`);
    return event;
  }
}

function isNamed<N extends ServiceEventName>(event: ServiceEvent, name: N): event is EventOf<N> {
  return event.name === name;
}
