// npm run test:azure: the tests of the server SDK that make sense with any service, on the one that the environment
// names.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const VARIABLE = 'SIGNALITE_TEST_CONNECTION_STRING';
const FILES = ['app', 'adapters', 'management', 'official-clients', 'several-servers', 'readme'];
const root = resolve(import.meta.dirname, '../..');

if ((process.env[VARIABLE] ?? '') === '') {
  console.error(`error: ${VARIABLE} is not set. Put the connection string of a service in Default mode there.`);
  process.exitCode = 2;
} else {
  const files = FILES.map((name) => `server-sdk/test/${name}.test.ts`);
  // One after the other: small units of Azure take few connections.
  const args = ['vitest', 'run', '--project', 'server-sdk', '--no-file-parallelism', ...files];
  const child = spawn('npx', args, { cwd: root, stdio: 'inherit' });
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
