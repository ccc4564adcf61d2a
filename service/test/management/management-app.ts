import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SetUp } from './set-up.ts';

const BUILD_MS = 300_000;
const START_MS = 60_000;
const CALL_MS = 60_000;
const PROJECT = fileURLToPath(new URL('../management-app/ManagementApp.csproj', import.meta.url));

/** A method of the SDK's ServiceHubContext, with those of its parameters that it has. */
export interface ManagementCall {
  readonly do: string;
  readonly hub?: string;
  readonly text?: string;
  readonly repeat?: number;
  readonly connection?: string;
  readonly user?: string;
  readonly group?: string;
  readonly names?: readonly string[];
  readonly except?: readonly string[];
  readonly seconds?: number;
  readonly reason?: string;
}

/** What still runs: nothing of it survives this process. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process of the app on the real SDK. */
export class ManagementApp implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Builds it outside of the repository; gives what to run. */
  static async build(sdkDir: string): Promise<string> {
    const folder = join(tmpdir(), 'signalite-test-management');
    const out = join(folder, 'bin');
    const properties = [`-property:SdkDir=${sdkDir}`, `-property:BaseIntermediateOutputPath=${join(folder, 'obj')}/`];
    const options = ['build', PROJECT, '--configuration=Release', `--output=${out}`, ...properties];
    const child = spawn('dotnet', options, { stdio: ['ignore', 'pipe', 'ignore'], timeout: BUILD_MS });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`The app does not build:\n${output}`);
    return join(out, 'ManagementApp.dll');
  }

  static async start(dll: string, connectionString: string, setUp: SetUp): Promise<ManagementApp> {
    const child = spawn('dotnet', [dll], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        ASPNETCORE_URLS: 'http://127.0.0.1:0',
        Logging__LogLevel__Default: 'Warning',
        'Logging__LogLevel__Microsoft.Hosting.Lifetime': 'Information',
        SERVICE_CONNECTION_STRING: connectionString,
        TRANSPORT: setUp.transport,
        PROTOCOLS: setUp.protocols,
        ...(setUp.applicationName === undefined ? {} : { APPLICATION_NAME: setUp.applicationName }),
      },
    });
    running.add(child);
    child.once('close', () => running.delete(child));
    return new ManagementApp(child, await addressOf(child));
  }

  /** Calls the SDK; gives its result, or its exception. */
  async call(call: ManagementCall): Promise<string> {
    const response = await fetch(`${this.url}/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call),
      signal: AbortSignal.timeout(CALL_MS),
    });
    if (!response.ok) throw new Error(`${call.do}: the app answers ${response.status}: ${await response.text()}`);
    return response.text();
  }

  /** What came to the app as the upstream since it was asked last. */
  async takeUpstreamLines(): Promise<readonly string[]> {
    const response = await fetch(`${this.url}/upstream`, { signal: AbortSignal.timeout(CALL_MS) });
    const lines: unknown = await response.json();
    return Array.isArray(lines) ? lines.map(String) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!running.has(this.#child)) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

function addressOf({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`The app does not listen. It wrote:\n${output}`)), START_MS);
    stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /Now listening on: (http:\S+)\s/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
