import { type ChildProcess, spawn } from 'node:child_process';
import { pinned } from './cores.ts';

const STOP_MS = 8_000;
const OUTPUT_MAX_CHARS = 64 * 1024;

export interface ChildProcessOptions {
  readonly command: readonly string[];
  readonly core: number | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What still runs: nothing of it survives this process. */
const running = new Set<ChildProcess>();
process.on('exit', dropAll);

/** Ends at once whatever still runs. */
export function dropAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A process of the benchmark, pinned to a core, with the last of what it wrote. */
export class BenchProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  #output = '';
  /** Ended, and all that it wrote was read. */
  #isOver = false;

  constructor({ command, core, environment }: ChildProcessOptions) {
    const [file = '', ...args] = pinned(core, command);
    this.#name = command.join(' ');
    this.#child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
    running.add(this.#child);
    for (const end of ['close', 'error']) {
      this.#child.once(end, () => {
        running.delete(this.#child);
        this.#isOver = true;
      });
    }
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_MAX_CHARS);
      });
    }
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.#name} could not be started.`);
    return pid;
  }

  /** Waits until the output matches; gives the first group of the match. */
  untilPrinted(pattern: RegExp, deadlineMs: number): Promise<string> {
    return this.#until(() => pattern.exec(this.#output)?.[1], `did not print ${pattern}`, deadlineMs);
  }

  /** Waits for its end and gives what it printed; an exit code other than 0 is an error. */
  async untilDone(deadlineMs: number): Promise<string> {
    await this.#until(() => (this.#isOver ? true : undefined), 'did not end', deadlineMs);
    if (this.#child.exitCode !== 0) throw this.#failure(`ended with ${this.#child.exitCode ?? this.#child.signalCode}`);
    return this.#output;
  }

  /** Asks it to end, then makes it end. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    const over = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await over;
    clearTimeout(timer);
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
        else reject(this.#failure(isLate ? `${problem} within ${deadlineMs / 1000} s` : 'ended too early'));
      }, 20);
    });
  }

  #failure(problem: string): Error {
    const last = this.#output.trim().split('\n').slice(-15).join('\n');
    return new Error(`${this.#name}\n${problem}.${last === '' ? '' : ` Its last lines:\n${last}`}`);
  }
}
