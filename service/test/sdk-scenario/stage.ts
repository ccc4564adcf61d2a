import { createHash } from 'node:crypto';
import { Actor, type ActorOptions } from './actor.ts';
import { RawActor, type RawActorOptions } from './raw-actor.ts';
import { within } from './within.ts';

const LONG_CHARS = 600;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g;
const SHOWN_CHARS = 60;
const WARM_UP_TRIES = 10;

export interface StageOptions {
  /** Addresses of the app's processes; clients take turns. */
  readonly appUrls: readonly string[];
  /** Path of the hub that clients connect to unless they say otherwise. */
  readonly hubPath: string;
  /** Stops the app gracefully. */
  readonly stopApp: () => Promise<void>;
  /** Stops the first of its processes gracefully. */
  readonly stopFirstApp: () => Promise<void>;
}

/** Where a scenario plays: its actors, and the lines that say what they saw. Equal lines mean that no client could tell. */
export class Stage {
  readonly lines: string[] = [];
  readonly stopApp: () => Promise<void>;
  readonly stopFirstApp: () => Promise<void>;
  readonly #options: StageOptions;
  readonly #actors: (Actor | RawActor)[] = [];
  #fences = 0;
  #nextApp = 0;

  constructor(options: StageOptions) {
    this.#options = options;
    this.stopApp = options.stopApp;
    this.stopFirstApp = options.stopFirstApp;
  }

  /** Starts a new chapter. */
  chapter(title: string): void {
    this.lines.push(`# ${title}`);
  }

  note(line: string): void {
    this.lines.push(this.#readable(line));
  }

  async connect(name: string, options: ActorOptions = {}): Promise<Actor> {
    const actor = new Actor(name, this.#appUrl(options.hubPath ?? this.#options.hubPath), options);
    this.#actors.push(actor);
    await actor.start();
    this.note(`${name} is connected`);
    return actor;
  }

  async connectRaw(name: string, options: RawActorOptions = {}): Promise<RawActor> {
    const actor = await RawActor.connect(name, this.#appUrl(this.#options.hubPath), options);
    this.#actors.push(actor);
    return actor;
  }

  /** Calls a hub method and tells its outcome. */
  async invoke(actor: Actor, method: string, ...args: readonly unknown[]): Promise<void> {
    const call = `${actor.name}: ${method}(${args.map((one) => JSON.stringify(one)).join(', ')})`;
    this.note(await outcomeOf(call, actor.connection.invoke(method, ...args)));
  }

  /** Posts JSON to the app and tells its answer. */
  async post(path: string, body: unknown): Promise<void> {
    const response = await within(
      path,
      fetch(this.#appUrl(path), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
    this.note(`POST ${path} ${JSON.stringify(body)} = ${response.status} ${await response.text()}`);
  }

  /** Fetches a file of the app; one that is not there is an error. */
  async page(path: string): Promise<void> {
    const response = await within(path, fetch(this.#appUrl(path)));
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    this.note(`GET ${path} = ${response.headers.get('content-type')}`);
  }

  /**
   * Waits until everybody has got what `sender` caused, then tells what came to whom. `order`: whether what came to one
   * client had to come in one order.
   */
  async settle(sender: Actor, order: 'ordered' | 'any-order' = 'ordered'): Promise<void> {
    this.#fences += 1;
    await sender.connection.send('Fence', this.#fences);
    const connected = this.#actors.filter((actor) => actor instanceof Actor && actor.isConnected);
    await Promise.all(connected.map((actor) => actor instanceof Actor && actor.reached(this.#fences)));
    this.tell(order);
  }

  /** Tells what came to whom so far. */
  tell(order: 'ordered' | 'any-order' = 'ordered'): void {
    for (const { name, inbound } of this.#actors) {
      const lines = inbound.take();
      if (order === 'any-order') lines.sort();
      for (const line of lines) this.note(`${name} ${line}`);
    }
  }

  /**
   * The first client results of an app's process can be lost: the SDK notes a question after it has sent it, and an
   * answer over loopback may be there first while that code is compiled.
   */
  async warmUpQuestions(): Promise<void> {
    const told = this.lines.length;
    // One client for each process: they go where the fewest are.
    const actors: Actor[] = [];
    for (let app = 0; app < this.#options.appUrls.length; app++) {
      actors.push(await this.connect('warm-up', { answer: (text) => (text === 'AskNumber' ? 1 : 'one') }));
    }
    for (const actor of actors) {
      for (const method of ['Ask', 'AskNumber']) await this.#untilAnswered(actor, method);
    }
    for (const actor of actors) await actor.stop();
    this.#actors.length = 0;
    this.lines.length = told;
  }

  async #untilAnswered(actor: Actor, method: string): Promise<void> {
    for (let attempt = 0; attempt < WARM_UP_TRIES; attempt++) {
      const answer: unknown = await within(method, actor.connection.invoke(`${method}WithinSecond`, actor.id, method));
      if (typeof answer === 'string' && answer.startsWith('answer')) return;
    }
    throw new Error(`${method}: no client result within ${WARM_UP_TRIES} tries`);
  }

  /** Ends everybody. */
  async close(): Promise<void> {
    for (const actor of this.#actors) await actor.stop();
  }

  #appUrl(path: string): string {
    const { appUrls } = this.#options;
    const url = appUrls[this.#nextApp % appUrls.length] ?? '';
    this.#nextApp += 1;
    return new URL(path, url).href;
  }

  /** Ids by the name of their actor, times by their kind; long texts by their beginning, length and digest. */
  #readable(line: string): string {
    let named = line.replace(TIME, '{time}');
    for (const { id, name } of this.#actors) if (id !== '') named = named.replaceAll(id, `{${name}}`);
    if (named.length <= LONG_CHARS) return named;
    const digest = createHash('sha256').update(named).digest('hex').slice(0, 12);
    return `${named.slice(0, SHOWN_CHARS)}… (${named.length} characters, ${digest})`;
  }
}

/** The call with its result or its error. */
export async function outcomeOf(call: string, promise: Promise<unknown>): Promise<string> {
  try {
    const result = await within(call, promise);
    return `${call} = ${JSON.stringify(result, withBytes)}`;
  } catch (error) {
    return `${call} fails: ${String(error)}`;
  }
}

function withBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString('hex')}` : value;
}
