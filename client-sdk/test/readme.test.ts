import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { defineMethods, Hub, withAzureSignalR } from '@signalite/server';
import { startService } from 'signalite';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_REQUEST_TIMEOUT_MS } from '../src/connection/connection-options.ts';
import { DEFAULT_RETRY_DELAYS_MS } from '../src/hub/retry-policy.ts';

const packageFolder = resolve(import.meta.dirname, '..');
const programFolder = join(packageFolder, '.cache/readme');
const URL_IN_README = 'http://localhost:5000/chat';
/** Like the packages; but an example may show something that it does not use. */
const COMPILER_SETTINGS = {
  extends: '../../../tsconfig.json',
  files: ['program.ts'],
  compilerOptions: {
    composite: false,
    declaration: false,
    declarationMap: false,
    noEmit: true,
    noUnusedLocals: false,
    lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.AsyncIterable'],
  },
};

const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
/** The examples are one program. */
const program = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');

async function source(path: string): Promise<string> {
  return readFile(join(packageFolder, 'src', path), 'utf8');
}

/** Runs Node on something that the packages brought, and gives what it printed. */
async function run(...args: readonly string[]): Promise<{ output: string; exitCode: number | null }> {
  const child = spawn('node', args, { cwd: packageFolder, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = new Promise<number | null>((exited) => child.once('exit', exited));
  return { output: await text(child.stdout), exitCode: await exit };
}

class ChatHub extends Hub {
  static readonly methods = defineMethods<ChatHub>({ sum: { streams: [0] } });

  async say(user: string, words: string): Promise<number> {
    await this.clients.all.send('said', user, words);
    return 1;
  }

  async *count(to: number): AsyncGenerator<number> {
    for (let number = 1; number <= to; number++) yield number;
  }

  async sum(numbers: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    for await (const number of numbers) sum += number;
    return sum;
  }

  async greet(): Promise<void> {
    const name = await this.clients.client(this.context.connectionId).invoke('yourName');
    await this.clients.caller.send('said', 'hub', `Welcome, ${name}`);
  }
}

describe('the examples', () => {
  beforeAll(async () => {
    await mkdir(programFolder, { recursive: true });
  });

  test('do what they say', async () => {
    await using service = await startService({ host: '127.0.0.1', port: 0 });
    await using signalr = withAzureSignalR({ connectionString: service.connectionString, hubs: { ChatHub } });
    await signalr.start();
    const app = createServer(signalr.negotiateListener('ChatHub'));
    await new Promise<void>((listening) => app.listen(0, '127.0.0.1', listening));
    try {
      const { port } = app.address() as AddressInfo;
      const file = join(programFolder, 'run.ts');
      expect(program).toContain(URL_IN_README);
      await writeFile(file, program.replaceAll(URL_IN_README, `http://127.0.0.1:${port}/chat`));
      const { output, exitCode } = await run('--conditions=@signalite/source', '--import', 'tsx', file);
      const lines = ['hub: Welcome, ann', '1', '2', '3', '3', '3', 'invalid-state'];
      expect(output.trim().split('\n')).toEqual(lines);
      expect(exitCode).toBe(0);
    } finally {
      app.closeAllConnections();
      app.close();
    }
  });

  test('compile, and the mistakes in them do not', async () => {
    await writeFile(join(programFolder, 'program.ts'), program);
    await writeFile(join(programFolder, 'tsconfig.json'), JSON.stringify(COMPILER_SETTINGS));
    const compiler = resolve(packageFolder, '../node_modules/typescript/bin/tsc');
    expect(await run(compiler, '-p', programFolder)).toEqual({ output: '', exitCode: 0 });
  });
});

describe('the tables', () => {
  test('have every error code', async () => {
    const codes = [...(await source('errors.ts')).matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(10);
    for (const code of codes) expect(readme).toMatch(new RegExp(`^\\| .*\`${code}\`.* \\|`, 'm'));
  });

  test('have every option of a connection', async () => {
    const file = await source('connection/connection-options.ts');
    const [publicPart = ''] = file.split('/** The options of a user');
    const names = [...publicPart.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(readme).toContain(`| \`${name}\` | `);
    expect(readme).toContain(`| \`requestTimeoutMs\` | ${DEFAULT_REQUEST_TIMEOUT_MS.toLocaleString('en-US')} |`);
  });

  test('have every method of the builder', async () => {
    const names = [...(await source('hub/hub-connection-builder.ts')).matchAll(/^ {2}(with\w+)\(/gm)].map(
      ([, name]) => name,
    );
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(readme).toContain(`| \`${name}\` | `);
  });

  test('and the text knows the delays of automatic reconnect', () => {
    const [first, second, third, last] = DEFAULT_RETRY_DELAYS_MS.map((ms) => ms / 1000);
    expect(readme).toContain(`after ${first}, ${second}, ${third} and ${last} seconds`);
  });
});
