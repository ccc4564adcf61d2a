// What an endpoint says about itself (service-protocol 6.1, 6.3).
import { PingKey, pingValue } from '@signalite/protocol/service';
import type { EndpointInfo } from './endpoint-router.ts';
import type { EndpointType } from './service-endpoint.ts';

/** An endpoint without clients is inactive after so many answers … */
const EMPTY_ANSWERS = 5;
/** … over so much time. */
const EMPTY_TIME_MS = 600_000;

export interface EndpointStatusOptions {
  readonly name: string;
  readonly type: EndpointType;
  readonly isOnline: () => boolean;
  readonly now: () => number;
}

/** The live state of one endpoint, for one hub. */
export class EndpointStatus implements EndpointInfo {
  clientCount = 0;
  serverCount = 0;
  capacity: number | undefined;
  isActive = true;
  /** The hub has clients there. */
  hasClients = true;
  /** The app servers there, as one text that can be compared; undefined when nobody asked, or the answer is due. */
  servers: string | undefined;
  readonly #options: EndpointStatusOptions;
  #emptyAnswers = 0;
  #emptySince: number | undefined;
  #listedAt = -1n;

  constructor(options: EndpointStatusOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get type(): EndpointType {
    return this.#options.type;
  }

  get isOnline(): boolean {
    return this.#options.isOnline();
  }

  /** Counts may be in any ping. */
  pinged(values: readonly string[]): void {
    this.clientCount = countIn(values, PingKey.ClientCount) ?? this.clientCount;
    this.serverCount = countIn(values, PingKey.ServerCount) ?? this.serverCount;
    this.capacity = countIn(values, PingKey.Capacity) ?? this.capacity;
    const status = pingValue(values, PingKey.Status);
    if (status !== undefined) this.#answered(status === '1');
    const servers = pingValue(values, PingKey.Servers);
    if (servers !== undefined) this.#listed(servers);
  }

  /** `{when}:{ids}`; an older list that comes late is not taken. */
  #listed(text: string): void {
    const [, when, ids = ''] = /^(\d{1,19}):(.*)$/s.exec(text) ?? [];
    if (when === undefined || BigInt(when) <= this.#listedAt) return;
    this.#listedAt = BigInt(when);
    this.servers = ids.toLowerCase();
  }

  #answered(hasClients: boolean): void {
    this.hasClients = hasClients;
    if (hasClients) {
      this.#emptyAnswers = 0;
      this.#emptySince = undefined;
      this.isActive = true;
      return;
    }
    const now = this.#options.now();
    this.#emptyAnswers += 1;
    this.#emptySince ??= now;
    this.isActive = this.#emptyAnswers < EMPTY_ANSWERS || now - this.#emptySince < EMPTY_TIME_MS;
  }
}

function countIn(values: readonly string[], key: string): number | undefined {
  const text = pingValue(values, key);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
