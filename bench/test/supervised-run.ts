// A run with a server that does not end by itself, and that has started a process of its own. Its argument says how the
// run ends.

import { BenchProcess } from '../src/machine/child-process.ts';
import { supervise } from '../src/run/supervise.ts';

const SERVER = `
  process.on('SIGTERM', () => {});
  require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  setInterval(() => {}, 1000);
  console.log('ready');
`;
const never = new Promise<never>(() => undefined);

const endings: Readonly<Record<string, (server: BenchProcess) => Promise<readonly string[]>>> = {
  success: () => Promise.resolve([]),
  problem: () => Promise.resolve(['5 messages did not arrive.']),
  failure: () => Promise.reject(new Error('a measurement failed')),
  fault: () => {
    setImmediate(() => {
      throw new Error('a callback failed');
    });
    return never;
  },
  death: (server) => {
    process.kill(server.pid, 'SIGKILL');
    return server.during(never);
  },
  // The deadline, or who waits for "up" and sends a signal.
  waiting: () => never,
};

const [ending = '', deadline] = process.argv.slice(2);
const exitCode = await supervise(
  async () => {
    const server = new BenchProcess({
      name: 'The server',
      command: [process.execPath, '-e', SERVER],
      core: undefined,
    });
    await server.untilPrinted(/(ready)/, 10_000);
    process.stdout.write('up\n');
    return (await endings[ending]?.(server)) ?? ['there is no such ending'];
  },
  {
    deadlineMs: deadline === undefined ? undefined : Number(deadline),
    report: (problem) => process.stderr.write(`error: ${problem}\n`),
  },
);
process.exit(exitCode);
