import { Arrivals } from '../arrivals.ts';
import type { Socket } from '../peers/web-socket.ts';
import { PrefixedReader } from '../wire/length-prefixed.ts';
import { PackMap } from '../wire/message-pack.ts';
import { decodeServiceMessage, pingValue, type ServiceMessage, ServiceType } from '../wire/service-message.ts';
import { HubPieces } from './hub-pieces.ts';
import { comparableCame } from './recorded-message.ts';

/** A service message as far as it is compared. */
type Came = Readonly<Record<string, unknown>>;

/** What comes to one peer of a recording. */
export interface Traffic {
  /** What the peer sent: its first words tell the hub protocol. */
  readonly said?: (bytes: Buffer) => void;
  nextMessage(what: string, isWanted: (message: Came) => boolean): Promise<Came>;
  /** The next bytes of a client, cut into hub messages. */
  nextData(client: string, bytes: number, what: string): Promise<Buffer>;
  nextHubMessage(what: string): Promise<Buffer>;
}

const NOT_HERE = 'This peer gets no such thing.';

/** Messages to an app server. Pings that come when time has passed are left out, as in the recordings. */
export class ServerTraffic implements Traffic {
  readonly #messages = new Arrivals<Came>();
  readonly #data = new Map<string, Arrivals<Buffer>>();
  readonly #pieces = new Map<string, HubPieces>();
  readonly #reader = new PrefixedReader();

  constructor(socket: Socket) {
    void this.#read(socket);
  }

  nextMessage(what: string, isWanted: (message: Came) => boolean): Promise<Came> {
    return this.#messages.next(what, isWanted);
  }

  nextData(client: string, _bytes: number, what: string): Promise<Buffer> {
    return this.#dataOf(client).next(what);
  }

  nextHubMessage(): Promise<Buffer> {
    throw new Error(NOT_HERE);
  }

  async #read(socket: Socket): Promise<void> {
    try {
      for (;;) {
        const { data } = await socket.messages.next('a message', undefined, 2 ** 30);
        for (const body of this.#reader.push(data)) this.#took(decodeServiceMessage(body));
      }
    } catch (error) {
      this.#messages.end(error instanceof Error ? error.message : String(error));
    }
  }

  #took(message: ServiceMessage): void {
    const [type, id, bytes] = message;
    const isTimely = type === ServiceType.Ping && pingValue(message, 'shutdown') === undefined;
    if (isTimely) return;
    const client = String(id);
    if (type === ServiceType.ConnectionData) {
      for (const piece of this.#pieces.get(client)?.push(bytes as Uint8Array) ?? []) this.#dataOf(client).push(piece);
      return;
    }
    const extensions = message[5];
    if (type === ServiceType.OpenConnection) {
      const isJson = extensions instanceof PackMap && extensions.get(3) === 'json';
      this.#pieces.set(client, new HubPieces(isJson));
    }
    if (type === ServiceType.CloseConnection) {
      const rest = this.#pieces.get(client)?.rest();
      if (rest !== undefined && rest.length > 0) this.#dataOf(client).push(rest);
    }
    this.#messages.push(comparableCame(message));
  }

  #dataOf(client: string): Arrivals<Buffer> {
    const known = this.#data.get(client) ?? new Arrivals<Buffer>();
    this.#data.set(client, known);
    return known;
  }
}

/** Hub messages to a client. */
export class ClientTraffic implements Traffic {
  readonly #messages = new Arrivals<Buffer>();
  #pieces = new HubPieces(true);
  #hasSaid = false;

  constructor(socket: Socket) {
    void this.#read(socket);
  }

  readonly said = (bytes: Buffer): void => {
    if (!this.#hasSaid) this.#pieces = new HubPieces(bytes.includes('"json"'));
    this.#hasSaid = true;
  };

  nextMessage(): Promise<Came> {
    throw new Error(NOT_HERE);
  }

  nextData(): Promise<Buffer> {
    throw new Error(NOT_HERE);
  }

  nextHubMessage(what: string): Promise<Buffer> {
    return this.#messages.next(what);
  }

  async #read(socket: Socket): Promise<void> {
    try {
      for (;;) {
        const { data } = await socket.messages.next('a message', undefined, 2 ** 30);
        for (const piece of this.#pieces.push(data)) this.#messages.push(piece);
        const rest = this.#pieces.rest();
        if (rest.length > 0) this.#messages.push(rest);
      }
    } catch (error) {
      this.#messages.end(error instanceof Error ? error.message : String(error));
    }
  }
}
