// Requests over kept connections, one at a time on each. Bare sockets: Node's own HTTP client takes more CPU for a
// request than the servers that are measured.

import net from 'node:net';
import { readResponse } from './rest-response.ts';

const SUCCESS_END = 300;
const ANSWER_MS = 30_000;
const REFUSAL_CHARS = 300;
const NOTHING: Buffer = Buffer.alloc(0);

/** Whatever goes wrong is thrown where it happens and ends the driver: its figures would be wrong. */
export class RestSender {
  readonly #url: URL;
  readonly #connectionsMax: number;
  readonly #idle: RestConnection[] = [];
  /** Bounded by the pace: it sends no more before these have arrived. */
  readonly #waiting: Buffer[] = [];
  #connections = 0;

  constructor(url: URL, connectionsMax: number) {
    this.#url = url;
    this.#connectionsMax = connectionsMax;
  }

  /** How many are open. */
  get connections(): number {
    return this.#connections;
  }

  /** Sends a ready request as soon as a connection is free. */
  send(request: Buffer): void {
    const connection = this.#idle.pop() ?? this.#open();
    if (connection === undefined) this.#waiting.push(request);
    else connection.send(request);
  }

  #open(): RestConnection | undefined {
    if (this.#connections === this.#connectionsMax) return undefined;
    this.#connections += 1;
    const connection = new RestConnection(this.#url, {
      onFree: () => {
        const next = this.#waiting.shift();
        if (next === undefined) this.#idle.push(connection);
        else connection.send(next);
      },
      onEnd: () => {
        this.#connections -= 1;
        this.#idle.splice(this.#idle.indexOf(connection), 1);
      },
    });
    return connection;
  }
}

interface ConnectionOwner {
  /** An answer is there. */
  readonly onFree: () => void;
  /** The server closed it while nothing was out. */
  readonly onEnd: () => void;
}

class RestConnection {
  readonly #socket: net.Socket;
  readonly #owner: ConnectionOwner;
  #answer = NOTHING;
  #isBusy = false;

  constructor({ hostname, port }: URL, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#socket = net.connect({ host: hostname, port: Number(port === '' ? 80 : port), noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error) => {
      throw error;
    });
    this.#socket.on('close', () => {
      if (this.#isBusy) throw new Error('The server closed a connection while a REST call was out.');
      owner.onEnd();
    });
    this.#socket.setTimeout(ANSWER_MS, () => {
      if (this.#isBusy) throw new Error('A REST call got no answer.');
    });
  }

  send(request: Buffer): void {
    this.#isBusy = true;
    this.#socket.write(request);
  }

  #read(chunk: Buffer): void {
    this.#answer = this.#answer.length === 0 ? chunk : Buffer.concat([this.#answer, chunk]);
    const response = readResponse(this.#answer);
    if (response === undefined) return;
    if (response.status >= SUCCESS_END) {
      throw new Error(`A REST call was refused: ${this.#answer.toString('latin1', 0, REFUSAL_CHARS)}`);
    }
    this.#answer = NOTHING;
    this.#isBusy = false;
    this.#owner.onFree();
  }
}
