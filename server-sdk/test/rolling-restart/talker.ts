import type { HubConnection } from '@microsoft/signalr';

const ANSWER_MS = 20_000;

/** What became of the messages of one talker, and of its connection. */
export interface TalkerReport {
  readonly said: number;
  /** Invocations that got no answer, or an error. */
  readonly unanswered: number;
  /** How often the connection was lost. */
  readonly losses: number;
  /** Milliseconds without a connection, one for each loss that ended well. */
  readonly absences: readonly number[];
}

/** One client that numbers what it says, every other message as an invocation that wants an answer. */
export class Talker {
  readonly id: number;
  readonly room: string;
  /** Label of the server that it met first. */
  server = '';
  /** Numbers heard, by who said them, in the order of arrival. */
  readonly heard = new Map<number, number[]>();
  readonly #connection: HubConnection;
  readonly #absences: number[] = [];
  readonly #answers: Promise<boolean>[] = [];
  #said = 0;
  #losses = 0;
  #lostAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: number, room: string, connection: HubConnection) {
    this.id = id;
    this.room = room;
    this.#connection = connection;
    connection.on('said', (from: number, number: number) => {
      const numbers = this.heard.get(from);
      if (numbers === undefined) this.heard.set(from, [number]);
      else numbers.push(number);
    });
    connection.onreconnecting(() => this.#lost());
    connection.onclose(() => this.#lost());
    connection.onreconnected(() => this.#join().then(() => this.#absences.push(performance.now() - this.#lostAt)));
  }

  async enter(): Promise<void> {
    await this.#connection.start();
    await this.#join();
  }

  get said(): number {
    return this.#said;
  }

  get isConnected(): boolean {
    // The state of the enum `HubConnectionState`.
    return this.#connection.state === 'Connected';
  }

  /** Says one message now, and one every `everyMs` from then on. */
  start(everyMs: number): void {
    this.#timer = setInterval(() => this.#say(), everyMs);
  }

  /** Says no more and waits for the answers that are due. */
  async finish(): Promise<TalkerReport> {
    clearInterval(this.#timer);
    const answers = await Promise.all(this.#answers);
    return {
      said: this.#said,
      unanswered: answers.filter((isAnswered) => !isAnswered).length,
      losses: this.#losses,
      absences: this.#absences,
    };
  }

  async leave(): Promise<void> {
    await this.#connection.stop();
  }

  async #join(): Promise<void> {
    const server = await this.#connection.invoke<string>('join', this.room);
    if (this.server === '') this.server = server;
  }

  #lost(): void {
    this.#losses += 1;
    this.#lostAt = performance.now();
  }

  #say(): void {
    // Messages that cannot be sent are not said: their absence is no loss.
    if (!this.isConnected) return;
    this.#said += 1;
    const args = [this.room, this.id, this.#said] as const;
    if (this.#said % 2 === 0) this.#answers.push(this.#asked(args));
    else this.#connection.send('say', ...args).catch(() => undefined);
  }

  async #asked(args: readonly [string, number, number]): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ANSWER_MS);
    });
    try {
      return (await Promise.race([this.#connection.invoke<number>('say', ...args), late])) === args[2];
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
