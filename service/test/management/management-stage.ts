import { Actor, type ActorOptions } from '../sdk-scenario/actor.ts';
import { within } from '../sdk-scenario/within.ts';
import type { ManagementApp, ManagementCall } from './management-app.ts';

const TARGETS = ['received', 'Received', 'fence'];
const EVENT_MS = 10_000;
const POLL_MS = 20;
const SHOWN_CHARACTERS = 300;

/** What comes to clients: for each the texts that it is sent, or whole lines that start with `<`. */
export type Got = Readonly<Record<string, readonly string[]>>;

/** The app, its clients, and the comparison of what comes with what must come. */
export class ManagementStage {
  /** Lines that were as they must be. */
  compared = 0;
  readonly differences: string[] = [];
  readonly #app: ManagementApp;
  readonly #isRecording: boolean;
  readonly #actors = new Map<string, Actor>();
  #fences = 0;

  /** `isRecording`: nothing is sent but what the scenario says, so that what comes to clients cannot be awaited. */
  constructor(app: ManagementApp, isRecording: boolean) {
    this.#app = app;
    this.#isRecording = isRecording;
  }

  /** Connects a client that negotiates with the app; `user`: whom the app makes of it. */
  async connect(name: string, options: ActorOptions & { readonly hub?: string } = {}): Promise<Actor> {
    const { hub = 'Chat', ...rest } = options;
    const actor = new Actor(name, `${this.#app.url}/${hub}`, { targets: TARGETS, ...rest });
    this.#actors.set(name, actor);
    await actor.start();
    this.compare(`${name} is connected`, actor.inbound.take(), ['< {}']);
    return actor;
  }

  /** Calls the SDK, waits until all clients have got what comes of it, and compares. */
  async call(call: ManagementCall, result: string | RegExp = 'done', got: Got = {}): Promise<void> {
    const what = described(call);
    const told = await this.#app.call(call);
    const isRight = typeof result === 'string' ? told === result : result.test(told);
    this.compare(what, [told], [isRight ? told : String(result)]);
    if (this.#isRecording) return;
    await this.#settle();
    for (const [name, actor] of this.#actors) {
      const expected = (got[name] ?? []).map((one) => (one.startsWith('<') ? one : `received(${JSON.stringify(one)})`));
      const lines = actor.inbound.take();
      this.compare(`${what}: ${name}`, isWhole(expected) ? lines : lines.map(briefly), expected);
    }
  }

  /** Waits until a call says this: what comes of time. */
  async callUntil(call: ManagementCall, result: string): Promise<void> {
    const deadlineAt = Date.now() + EVENT_MS;
    let told = await this.#app.call(call);
    while (told !== result && Date.now() < deadlineAt) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      told = await this.#app.call(call);
    }
    this.compare(described(call), [told], [result]);
  }

  /** Compares what came to the upstream, each client's events in order. */
  async upstreamGot(...expected: readonly string[]): Promise<void> {
    const lines: string[] = [];
    const deadlineAt = Date.now() + EVENT_MS;
    while (lines.length < expected.length && Date.now() < deadlineAt) {
      lines.push(...(await this.#app.takeUpstreamLines()));
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    this.compare('upstream', lines.toSorted(), expected.toSorted());
  }

  compare(what: string, actual: readonly string[], expected: readonly string[]): void {
    for (let index = 0; index < Math.max(actual.length, expected.length, 1); index++) {
      if (actual[index] === expected[index]) this.compared += 1;
      else this.differences.push(`${what}\n    is   ${shown(actual[index])}\n    must ${shown(expected[index])}`);
    }
  }

  /** Ends one client, or all. */
  async stop(...names: readonly string[]): Promise<void> {
    for (const name of names.length === 0 ? [...this.#actors.keys()] : names) {
      await this.#actors.get(name)?.stop();
      this.#actors.delete(name);
    }
  }

  /** Waits until the service has ended a client; gives what the client says of it. */
  async closed(name: string): Promise<string> {
    const actor = this.#actors.get(name);
    if (actor === undefined) throw new Error(`there is no ${name}`);
    this.#actors.delete(name);
    const reason = await within(`the end of ${name}`, actor.closed);
    return [...actor.inbound.take(), reason].join('; ');
  }

  /** Calls the SDK with what ends a client; compares the client's last message, and what it says of its end. */
  async callAndLose(call: ManagementCall, name: string, { json, says }: { json: string; says: string }): Promise<void> {
    this.compare(described(call), [await this.#app.call(call)], ['done']);
    const told = await this.closed(name);
    if (!this.#isRecording) this.compare(`${described(call)}: ${name}`, [told], [`${json}; ${says}`]);
  }

  async #settle(): Promise<void> {
    this.#fences += 1;
    const fence = this.#fences;
    for (const hub of ['Chat', 'Other']) await this.#app.call({ do: 'Clients.All fence', hub, seconds: fence });
    for (const actor of this.#actors.values()) await actor.reached(fence);
  }
}

function described({ do: name, ...parameters }: ManagementCall): string {
  return shown(`${name} ${JSON.stringify(parameters)}`);
}

function isWhole(lines: readonly string[]): boolean {
  return lines[0]?.startsWith('<') === true;
}

/** An invocation as target and arguments, which is the same in both hub protocols. */
function briefly(line: string): string {
  const message: unknown = JSON.parse(line.slice(2));
  if (Array.isArray(message)) return `${message[3]}(${argumentsText(message[4])})`;
  if (typeof message !== 'object' || message === null || !('arguments' in message)) return line;
  return `${'target' in message ? message.target : ''}(${argumentsText(message.arguments)})`;
}

function argumentsText(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(',') : '?';
}

function shown(text = 'nothing'): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
}
