import { type ChildProcess, spawn } from 'node:child_process';

const START_MS = 60_000;
const STOP_MS = 60_000;
const OUTPUT_MAX_CHARS = 64 * 1024;

/** What still runs: nothing of it survives this process. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One process of an ASP.NET Core app on a free port of loopback. */
export class RunningApp {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';
  #wrote: () => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    running.add(child);
    this.#ended = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        this.#output += String(error);
        resolve();
      });
      child.once('close', () => resolve());
    }).then(() => {
      running.delete(child);
      this.#wrote();
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_MAX_CHARS);
        this.#wrote();
      });
    }
  }

  /** Starts it and waits until it listens; gives it with its address. */
  static async start(
    dll: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<{ app: RunningApp; url: string }> {
    const child = spawn('dotnet', [dll], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ASPNETCORE_URLS: 'http://127.0.0.1:0', ...environment },
    });
    const app = new RunningApp(child);
    return { app, url: await app.#printed(/Now listening on: (http:\/\/127\.0\.0\.1:\d+)/) };
  }

  /** The last of what it wrote. */
  get output(): string {
    return this.#output;
  }

  /** Asks it to stop and waits for its end. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  async #printed(pattern: RegExp): Promise<string> {
    const deadlineAt = Date.now() + START_MS;
    for (;;) {
      const found = pattern.exec(this.#output)?.[1];
      if (found !== undefined) return found;
      if (!running.has(this.#child)) throw new Error(`The app ended at once. It wrote:\n${this.#output}`);
      const isInTime = await this.#wroteWithin(deadlineAt - Date.now());
      if (!isInTime) throw new Error(`The app does not listen after ${START_MS / 1000} s. It wrote:\n${this.#output}`);
    }
  }

  #wroteWithin(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      this.#wrote = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
