import type { ServiceTimers } from '../config/limits.ts';
import type { HubServer } from '../hub/server-link.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { ClientLinks } from './client-links.ts';
import type { MoveOutcome } from './client-move.ts';

/** Whose clients move. */
export interface MovesSource {
  readonly hubKey: string;
  readonly serverId: string;
  readonly serverConnectionId: string;
  readonly links: ClientLinks;
  readonly timers: ServiceTimers;
  readonly events: ServiceEvents;
  readonly now: () => number;
}

/** Moves clients of one server connection to other connections of the same app server (service-protocol 10.2). */
export class ClientMoves {
  readonly #source: MovesSource;
  #underWay = 0;
  /** An app server that once did not answer a pause is not asked again. */
  #isAnswering = true;

  constructor(source: MovesSource) {
    this.#source = source;
  }

  /** False while moves are under way, and for good when the app server did not answer one. */
  get isPossible(): boolean {
    return this.#isAnswering && this.#underWay === 0;
  }

  /** Begins to move up to `count` clients. */
  begin(target: HubServer, count: number): void {
    const { links, timers, now } = this.#source;
    const deadlineAt = now() + timers.pauseMs;
    let left = count;
    for (const link of links.all()) {
      if (left === 0) return;
      const { connectionId } = link;
      const onEnd = (outcome: MoveOutcome) => this.#ended(connectionId, target, outcome);
      if (!link.move({ target, deadlineAt, onEnd })) continue;
      this.#underWay += 1;
      left -= 1;
    }
  }

  #ended(connectionId: string, target: HubServer, outcome: MoveOutcome): void {
    const { hubKey: hub, serverId, serverConnectionId, events } = this.#source;
    this.#underWay -= 1;
    if (outcome === 'moved') {
      const to = target.serverConnectionId;
      events.emit({
        name: 'clientMoved',
        hub,
        connectionId,
        serverId,
        fromConnectionId: serverConnectionId,
        toConnectionId: to,
      });
    } else if (outcome === 'unanswered' && this.#isAnswering) {
      this.#isAnswering = false;
      events.emit({ name: 'pauseUnanswered', hub, serverId, serverConnectionId });
    }
  }
}
