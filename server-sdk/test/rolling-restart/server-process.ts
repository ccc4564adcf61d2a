import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ShutdownMode } from '@signalite/server';

const START_MS = 60_000;
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const NODE = ['--conditions=@signalite/source', '--import', 'tsx', 'test/rolling-restart/app-server.ts'];

/** How to start an app server. */
export interface ServerOptions {
  readonly label: string;
  readonly connectionString: string;
  readonly shutdownMode: ShutdownMode;
  /** How long a hub method works. Milliseconds. */
  readonly workMs: number;
  /** The app on the real SDK; undefined: TypeScript. */
  readonly dll: string | undefined;
}

/** One app server in a process of its own. */
export class ServerProcess {
  readonly label: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';

  constructor({ label, connectionString, shutdownMode, workMs, dll }: ServerOptions) {
    this.label = label;
    const [command, args] = dll === undefined ? [process.execPath, NODE] : ['dotnet', [dll]];
    this.#child = spawn(command, args, {
      cwd: PACKAGE,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ASPNETCORE_URLS: 'http://127.0.0.1:0',
        SERVER_LABEL: label,
        SHUTDOWN_MODE: shutdownMode,
        SIGNALR_CONNECTION_STRING: connectionString,
        WORK_MS: `${workMs}`,
      },
    });
    this.#ended = once(this.#child, 'close').then(() => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  /** What it wrote, for whoever wonders why it failed. */
  get output(): string {
    return this.#output;
  }

  /** Until it says that it runs. */
  async ready(): Promise<void> {
    const signal = AbortSignal.timeout(START_MS);
    while (!/^ready$/m.test(this.#output)) {
      if (this.#child.stdout === null || this.#child.exitCode !== null) {
        throw new Error(`${this.label} ended at once:\n${this.#output}`);
      }
      await Promise.race([once(this.#child.stdout, 'data', { signal }), this.#ended]);
    }
  }

  /** Asks it to leave in order; gives how long that took, in milliseconds. */
  async restartAway(): Promise<number> {
    const began = performance.now();
    this.#child.kill('SIGTERM');
    await this.#ended;
    return performance.now() - began;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
