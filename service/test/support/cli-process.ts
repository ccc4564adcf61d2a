import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseConnectionString } from '@signalite/protocol';
import type { ServiceAddress } from './service-address.ts';

const START_DEADLINE_MS = 15_000;
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const CONNECTION_STRING = /^ *(Endpoint=.*)$/m;

/** Tests run side by side, and leave nothing in anybody's home. */
const ALONE = { SIGNALITE_IN_MEMORY: 'true', SIGNALITE_CONTROL: 'false' };

/** The command line in a process of its own, as `npm start` runs it. */
export class CliProcess {
  stdout = '';
  stderr = '';
  /** The exit code, or the signal that ended the process. */
  readonly exited: Promise<number | string>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SIGNALITE_'));
    this.#child = spawn(
      process.execPath,
      ['--conditions=@signalite/source', '--import', 'tsx', 'src/cli.ts', ...args],
      {
        cwd: PACKAGE,
        env: { ...Object.fromEntries(inherited), ...ALONE, ...variables },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    // `close`, unlike `exit`, comes after all output.
    this.exited = once(this.#child, 'close').then(([code, signal]: unknown[]) =>
      typeof code === 'number' ? code : String(signal),
    );
  }

  /** Where the service is, once it says so. */
  async ready(): Promise<ServiceAddress> {
    const signal = AbortSignal.timeout(START_DEADLINE_MS);
    for (;;) {
      const connectionString = CONNECTION_STRING.exec(this.stdout)?.[1];
      if (connectionString !== undefined && this.stdout.includes('Ctrl+C')) {
        const url = parseConnectionString(connectionString).endpoint;
        return { connectionString, url, port: Number(new URL(url).port) };
      }
      if (this.#child.stdout === null) throw new Error('the process has no output');
      await once(this.#child.stdout, 'data', { signal });
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
