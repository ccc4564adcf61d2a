import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { Arrivals } from '../arrivals.ts';
import { type HubMessage, HubReader } from '../wire/hub-protocol.ts';

const OPEN_MS = 15_000;
const FIELD = 'data: ';

/** An answer of Server-Sent Events, as its bytes come. */
export class EventStream {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Pieces as they came. */
  readonly pieces = new Arrivals<string>();
  /** Hub messages but pings, the handshake response as type 0. */
  readonly hubMessages = new Arrivals<HubMessage>();
  /** Everything that came so far. */
  raw = '';
  readonly ended: Promise<void>;
  readonly #drop: () => void;
  readonly #reader = new HubReader('json');
  #unread = '';

  constructor(answer: Pick<EventStream, 'status' | 'headers'>, source: AsyncIterable<Buffer>, drop: () => void) {
    this.status = answer.status;
    this.headers = answer.headers;
    this.#drop = drop;
    this.ended = this.#read(source);
  }

  /** Ends the request, as a page that goes away does. */
  drop(): void {
    this.#drop();
  }

  async #read(source: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const piece of source) this.#took(piece.toString());
      this.#end('the answer ended');
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  #end(why: string): void {
    this.pieces.end(why);
    this.hubMessages.end(why);
  }

  #took(piece: string): void {
    this.raw += piece;
    this.#unread += piece;
    const events = this.#unread.split('\r\n\r\n');
    this.#unread = events.pop() ?? '';
    for (const event of events) {
      const lines = event.split('\r\n').filter((line) => line.startsWith(FIELD));
      const data = lines.map((line) => line.slice(FIELD.length)).join('\n');
      for (const message of this.#reader.push(Buffer.from(data))) {
        if (message.type !== 6) this.hubMessages.push(message);
      }
    }
    this.pieces.push(piece);
  }
}

/** Asks for Server-Sent Events. Resolves with the head of the answer, whatever its status. */
export function openEventStream(url: string, headers: Readonly<Record<string, string>>): Promise<EventStream> {
  const { protocol } = new URL(url);
  const request = protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { agent: false, headers: { Accept: 'text/event-stream', ...headers } },
      (incoming) => {
        clearTimeout(timer);
        const { statusCode: status = 0, headers: answered } = incoming;
        resolve(new EventStream({ status, headers: answered }, incoming, () => incoming.destroy()));
      },
    );
    const timer = setTimeout(() => outgoing.destroy(new Error(`No answer within ${OPEN_MS} ms.`)), OPEN_MS);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.end();
  });
}
