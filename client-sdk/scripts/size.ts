import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

// How much a page loads for this client, and how much for the official one. Fails when ours is over its budget.

const BUDGET_PERCENT = 60;

/** Bundles entries of this package as an app's bundler does it for browsers. */
async function bundle(...entries: readonly string[]): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: {
      contents: entries.map((entry) => `export * from './src/${entry}';`).join('\n'),
      resolveDir: resolve(import.meta.dirname, '..'),
    },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['@signalite/source', 'browser'],
    write: false,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error('The bundler gave no file.');
  return output.contents;
}

/** The file that an official package publishes for browsers. */
async function official(name: string): Promise<Uint8Array> {
  const entry = createRequire(import.meta.url).resolve(`@microsoft/${name}`);
  return readFile(join(dirname(entry), `../browser/${name}.min.js`));
}

function gzipSize(...files: readonly Uint8Array[]): number {
  return files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
}

function printRow(name: string, ours: number | string, theirs: number | string, ratio: string): void {
  console.log(`${name.padEnd(22)}${String(ours).padStart(8)}${String(theirs).padStart(20)}${ratio.padStart(9)}`);
}

function print(name: string, ours: number, theirs: number): void {
  printRow(name, ours, theirs, `${((100 * ours) / theirs).toFixed(1)} %`);
}

const theirs = await official('signalr');
const ours = gzipSize(await bundle('index.ts'));
const budget = Math.floor((gzipSize(theirs) * BUDGET_PERCENT) / 100);

printRow('bytes, minified, gzip', 'ours', '@microsoft/signalr', 'ratio');
print('client', ours, gzipSize(theirs));
print(
  'client + messagepack',
  gzipSize(await bundle('index.ts', 'messagepack.ts')),
  gzipSize(theirs, await official('signalr-protocol-msgpack')),
);
printRow('budget of the client', budget, '', `${BUDGET_PERCENT.toFixed(1)} %`);

if (ours > budget) {
  console.error(`The client is ${ours - budget} bytes over its budget.`);
  process.exitCode = 1;
}
