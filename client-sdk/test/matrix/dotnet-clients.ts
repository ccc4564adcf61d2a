import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { ConnectOptions, MatrixClient, MatrixConnection, MatrixProtocol, StreamOutcome } from './matrix-client.ts';

const line = z.union([
  z.object({ id: z.number(), value: z.unknown().optional(), error: z.string().optional() }),
  z.object({ connection: z.number(), event: z.string(), value: z.unknown() }),
]);

const streamOutcome = z.object({ items: z.array(z.unknown()), end: z.string() });

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The .NET client in a process of its own, driven by JSON lines. Close it to end the process. */
export class DotnetClient implements MatrixClient {
  readonly name: string;
  readonly protocols: readonly MatrixProtocol[];
  /** Now and then such a call fails: the upload that ends first disposes of the token that the others still read. */
  readonly hasSideBySideUploads = false;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<number, ConnectOptions['onEvent']>();
  #lastId = 0;
  #output = '';

  constructor(name: string, dll: string, protocols: readonly MatrixProtocol[]) {
    this.name = name;
    this.protocols = protocols;
    this.#child = spawn('dotnet', [dll], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-10_000);
    });
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (text) => this.#received(text));
    }
    this.#child.once('close', () => this.#failAll());
  }

  async connect({ onEvent, ...options }: ConnectOptions): Promise<MatrixConnection> {
    const connection = this.#listeners.size + 1;
    this.#listeners.set(connection, onEvent);
    const tell = (what: string, rest: object = {}) => this.#tell({ connection, do: what, ...rest });
    const id = z.string().parse(await tell('connect', options));
    return {
      id,
      invoke: (method, args) => tell('invoke', { method, args }),
      async send(method, args) {
        await tell('send', { method, args });
      },
      async stream(method, args, limit): Promise<StreamOutcome> {
        return streamOutcome.parse(await tell('stream', { method, args, limit }));
      },
      async stop() {
        await tell('stop');
      },
    };
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #tell(command: object): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  }

  #received(text: string): void {
    const read = line.parse(JSON.parse(text));
    if ('event' in read) {
      this.#listeners.get(read.connection)?.(read.event, read.value);
      return;
    }
    const waiting = this.#waiting.get(read.id);
    this.#waiting.delete(read.id);
    if (read.error === undefined) waiting?.resolve(read.value);
    else waiting?.reject(new Error(read.error));
  }

  #failAll(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(`${this.name} ended: ${this.#output}`));
    this.#waiting.clear();
  }
}
