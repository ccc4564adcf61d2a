import { createHash } from 'node:crypto';
import { within } from '../../../service/test/sdk-scenario/within.ts';
import type {
  AnswerKind,
  MatrixArgument,
  MatrixClient,
  MatrixConnection,
  MatrixProtocol,
  MatrixTransport,
} from './matrix-client.ts';

/** Where and how a scenario is played. */
export interface Setting {
  readonly client: MatrixClient;
  readonly transport: MatrixTransport;
  readonly protocol: MatrixProtocol;
  /** Address of the hub. */
  readonly hubUrl: string;
}

/** One person of a scenario: a connection, and all that it reported, as lines. */
export class Person {
  readonly name: string;
  readonly #lines: string[] = [];
  readonly #wake = new Set<() => void>();
  #connection: MatrixConnection | undefined;

  private constructor(name: string) {
    this.name = name;
  }

  /** Resolves when the hub knows the person too: a client is connected a little before. */
  static async connect(name: string, { client, hubUrl, ...how }: Setting, answer?: AnswerKind): Promise<Person> {
    const person = new Person(name);
    const url = `${hubUrl}?user=${name}`;
    const onEvent = (event: string, value: unknown) => person.#heard(`${event} ${shown(value)}`);
    const options = { ...how, url, onEvent, ...(answer === undefined ? {} : { answer }) };
    person.#connection = await within(`${name} connects`, client.connect(options));
    await within(`the hub knows ${name}`, person.#connection.invoke('who', []));
    return person;
  }

  /** A call and its outcome as a line. */
  async invoke(method: string, ...args: readonly MatrixArgument[]): Promise<string> {
    return `${method} = ${await outcome(within(method, this.connection.invoke(method, args)))}`;
  }

  async stream(method: string, args: readonly MatrixArgument[], limit?: number): Promise<string> {
    const { items, end } = await within(method, this.connection.stream(method, args, limit));
    return `stream ${method} = ${shown(items)}, ${end}`;
  }

  /** Stops, and waits until the client has reported it: some do so after the call is over. */
  async stop(): Promise<void> {
    await within(`${this.name} stops`, this.connection.stop());
    await this.hears('closed');
  }

  get connection(): MatrixConnection {
    if (this.#connection === undefined) throw new Error(`${this.name} is not connected`);
    return this.#connection;
  }

  /** What was reported and not told yet. */
  told(): string[] {
    return this.#lines.splice(0);
  }

  /** Waits until a line begins with `start`, and gives that line. */
  hears(start: string): Promise<string> {
    return within(
      `${this.name} hears ${start}`,
      new Promise<string>((resolve) => {
        const look = () => {
          const line = this.#lines.find((each) => each.startsWith(start));
          if (line === undefined) return;
          this.#wake.delete(look);
          resolve(line);
        };
        this.#wake.add(look);
        look();
      }),
    );
  }

  #heard(line: string): void {
    this.#lines.push(line);
    for (const look of [...this.#wake]) look();
  }
}

/** The value as text, or the error. */
export async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    return shown(await promise);
  } catch (error) {
    return `fails: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  if (text.length <= 1000) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${text.slice(0, 20)}… (${text.length} characters, SHA-256 ${digest})`;
}
