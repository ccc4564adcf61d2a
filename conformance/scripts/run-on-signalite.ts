// The suite, by its command line, against the service of this repository in all modes. `--write` keeps what came of it
// in results/signalite.json and in the README's table.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startService } from 'signalite';
import { SERVICE_MODES, type ServiceMode } from '../src/check.ts';
import { UPSTREAM_PATH } from '../src/peers/upstream-listener.ts';
import { readTally, type Tallies, type Tally } from '../src/report/what-works.ts';
import { RESULTS_FILE, writeReadmeTable } from './readme-table.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const RUN_MS = 300_000;
const MS = 1000;

const tallies: Tallies = {};
let isRed = false;
for (const serviceMode of SERVICE_MODES) {
  console.log(`\n== ${serviceMode} mode`);
  const startedAt = performance.now();
  const { tally, code } = await runIn(serviceMode);
  console.log(`in ${Math.round((performance.now() - startedAt) / MS)} s`);
  tallies[serviceMode] = tally;
  isRed ||= code !== 0;
}
if (process.argv.includes('--write')) {
  await writeFile(RESULTS_FILE, `${JSON.stringify(tallies, undefined, 2)}\n`);
  await writeReadmeTable();
  console.log(`\nWritten: ${RESULTS_FILE} and the table of the README.`);
}
process.exitCode = isRed ? 1 : 0;

/** The suite listens as the upstream of the service, as it would on another machine. */
async function runIn(serviceMode: ServiceMode): Promise<{ readonly tally: Tally; readonly code: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  const upstreamUrl = `http://127.0.0.1:${await freePort()}`;
  const upstream = serviceMode === 'Serverless' ? [{ urlTemplate: `${upstreamUrl}${UPSTREAM_PATH}` }] : [];
  await using service = await startService({
    host: '127.0.0.1',
    port: 0,
    serviceMode,
    upstream,
    entra: { mode: 'trust' },
  });
  const json = join(folder, 'results.json');
  const code = await runSuite(service.connectionString, { serviceMode, upstreamUrl, json });
  const tally = readTally(await readFile(json, 'utf8'));
  await rm(folder, { recursive: true });
  return { tally, code };
}

interface SuiteRun {
  readonly serviceMode: ServiceMode;
  readonly upstreamUrl: string;
  readonly json: string;
}

async function runSuite(connectionString: string, { serviceMode, upstreamUrl, json }: SuiteRun): Promise<number> {
  const flags = ['--service-mode', serviceMode, '--upstream', upstreamUrl, '--feature', 'all', '--json', json];
  const child = spawn(process.execPath, ['--conditions=@signalite/source', '--import', 'tsx', 'src/cli.ts', ...flags], {
    cwd: PACKAGE,
    stdio: 'inherit',
    timeout: RUN_MS,
    env: { ...process.env, SIGNALR_CONNECTION_STRING: connectionString },
  });
  const [code] = await once(child, 'close');
  return typeof code === 'number' ? code : 1;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
