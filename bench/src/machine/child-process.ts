import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinned } from './cores.ts';
import { guardGroup, signalGroup } from './process-group.ts';

/** How long a process may take to end by itself, and then to be gone. */
const STOP_MS = 8_000;
const KILL_MS = 5_000;
const OUTPUT_MAX_CHARS = 64 * 1024;
const LAST_LINES = 15;

export interface ChildProcessOptions {
  /** What people call it. */
  readonly name: string;
  readonly command: readonly string[];
  readonly core: number | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What still runs: nothing of it survives this process. */
const running = new Set<BenchProcess>();
let isEnding = false;
process.on('exit', killAll);

/**
 * Ends at once whatever still runs, and starts nothing more.
 * @returns the names of processes that are still there
 */
export async function endAll(): Promise<string[]> {
  isEnding = true;
  const ends = [...running].map((one) => one.untilOver);
  killAll();
  await Promise.race([Promise.all(ends), sleep(KILL_MS, undefined, { ref: false })]);
  return [...running].map(({ name }) => name);
}

function killAll(): void {
  for (const one of running) one.kill();
}

/** A process of the benchmark, pinned to a core, with the last of what it wrote. */
export class BenchProcess {
  readonly name: string;
  /** It has ended, and all that it wrote was read. */
  readonly untilOver: Promise<void>;
  readonly #child: ChildProcess;
  readonly #endedUnasked: Promise<never>;
  #output = '';
  #isOver = false;
  #isAskedToEnd = false;

  constructor({ name, command, core, environment }: ChildProcessOptions) {
    if (isEnding) throw new Error(`${name} is not started: the run is ending.`);
    const [file = '', ...args] = pinned(core, command);
    this.name = name;
    this.#child = spawn(file, args, {
      detached: true, // leads a group of its own
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    running.add(this);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    }
    this.#guard();
    this.untilOver = new Promise((resolve) => {
      for (const end of ['close', 'error']) this.#child.once(end, () => resolve());
    });
    this.#endedUnasked = this.#watchEnd();
    // Who does not measure need not hear of it.
    this.#endedUnasked.catch(() => undefined);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw this.#failure('could not be started');
    return pid;
  }

  /** Waits until the output matches; gives the first group of the match. */
  untilPrinted(pattern: RegExp, deadlineMs: number): Promise<string> {
    return this.#until(() => pattern.exec(this.#output)?.[1], `did not print ${pattern}`, deadlineMs);
  }

  /** Waits for its end and gives what it printed; an exit code other than 0 is an error. */
  async untilDone(deadlineMs: number): Promise<string> {
    await this.#until(() => (this.#isOver ? true : undefined), 'did not end', deadlineMs);
    if (this.#child.exitCode !== 0) throw this.#failure(this.#howEnded);
    return this.#output;
  }

  /** Gives what `work` gives; that this process ends before it, unasked, is an error. */
  during<T>(work: Promise<T>): Promise<T> {
    return Promise.race([this.#endedUnasked, work]);
  }

  /** Asks it to end, then makes it end. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isAskedToEnd = true;
    if (this.#child.pid !== undefined) signalGroup(this.#child.pid, 'SIGTERM');
    const timer = setTimeout(() => this.kill(), STOP_MS);
    const late = sleep(STOP_MS + KILL_MS, undefined, { ref: false }).then(() => {
      throw this.#failure('could not be stopped');
    });
    await Promise.race([this.untilOver, late]).finally(() => clearTimeout(timer));
  }

  /** Ends it at once, with whatever it started. */
  kill(): void {
    this.#isAskedToEnd = true;
    if (this.#child.pid !== undefined) signalGroup(this.#child.pid, 'SIGKILL');
  }

  #guard(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    const callOff = guardGroup(pid);
    this.#child.once('exit', () => {
      // What it leaves behind would also hold its output open.
      signalGroup(pid, 'SIGKILL');
      callOff();
    });
  }

  #watchEnd(): Promise<never> {
    return new Promise((_, reject) => {
      this.#child.once('error', (error) => this.#keep(error.message));
      void this.untilOver.then(() => {
        running.delete(this);
        this.#isOver = true;
        if (!this.#isAskedToEnd) reject(this.#failure(`${this.#howEnded} while it was needed`));
      });
    });
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-OUTPUT_MAX_CHARS);
  }

  #until<T>(look: () => T | undefined, problem: string, deadlineMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const deadlineAt = performance.now() + deadlineMs;
      const timer = setInterval(() => {
        const found = look();
        const isLate = performance.now() > deadlineAt;
        if (found === undefined && !isLate && !this.#isOver) return;
        clearInterval(timer);
        if (found !== undefined) resolve(found);
        else reject(this.#failure(isLate ? `${problem} within ${deadlineMs / 1000} s` : this.#howEnded));
      }, 20);
    });
  }

  get #howEnded(): string {
    const { exitCode, signalCode, pid } = this.#child;
    if (pid === undefined) return 'could not be started';
    return signalCode === null ? `ended with exit code ${exitCode}` : `was ended by ${signalCode}`;
  }

  #failure(problem: string): Error {
    const last = this.#output.trim().split('\n').slice(-LAST_LINES).join('\n');
    return new Error(`${this.name} ${problem}.${last === '' ? '' : ` Its last lines:\n${last}`}`);
  }
}
