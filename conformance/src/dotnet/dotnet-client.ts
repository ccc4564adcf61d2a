import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Arrivals } from '../arrivals.ts';
import type { Stage } from '../stage.ts';
import type { HubProtocolName } from '../wire/hub-protocol.ts';
import { dotnetClient } from './dotnet-build.ts';

const EVENT_MS = 10_000;

export const DOTNET_TRANSPORTS = {
  'web-sockets': 'WebSockets',
  'event-stream': 'ServerSentEvents',
  'long-polling': 'LongPolling',
} as const;
export type DotnetTransport = keyof typeof DOTNET_TRANSPORTS;

export interface DotnetStart {
  readonly protocol?: HubProtocolName;
  readonly transport?: DotnetTransport;
  /** By itself, twice and at once. */
  readonly reconnects?: boolean;
  readonly stateful?: boolean;
}

/** What happened to the client (dotnet-client/Program.cs). */
export type DotnetEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** The released .NET client in a process of its own, which ends with the check. */
export class DotnetClient {
  readonly events = new Arrivals<DotnetEvent>();
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
    const { stdout } = process;
    if (stdout === null) throw new Error('The process has no output.');
    createInterface({ input: stdout }).on('line', (line) => this.events.push(JSON.parse(line)));
    process.once('exit', (code) => this.events.end(`it exited with ${code}`));
    process.once('error', (error) => this.events.end(error.message));
  }

  static async open(stage: Stage): Promise<DotnetClient> {
    const process = spawn('dotnet', [await dotnetClient()], { stdio: ['pipe', 'pipe', 'ignore'] });
    stage.after(() => process.kill('SIGKILL'));
    return new DotnetClient(process);
  }

  start(
    stage: Stage,
    { protocol = 'json', transport = 'web-sockets', reconnects = false, stateful = false }: DotnetStart,
  ): void {
    this.do('start', {
      url: stage.target.clientUrl(`/client/?hub=${stage.hub}`),
      token: stage.target.clientToken(stage.hub),
      protocol,
      transport: DOTNET_TRANSPORTS[transport],
      reconnects,
      stateful,
    });
  }

  do(command: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#process.stdin?.write(`${JSON.stringify({ do: command, ...fields })}\n`);
  }

  /** The next event of a name. */
  next(name: string): Promise<DotnetEvent> {
    return this.events.next(`the event '${name}' of the .NET client`, ({ event }) => event === name, EVENT_MS);
  }
}
