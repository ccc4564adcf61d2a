#!/usr/bin/env node
import { createRequire } from 'node:module';
import { runProgram } from './cli/program.ts';
import { readKey } from './cli/read-key.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../package.json');
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return hasVersion ? String(manifest.version) : 'unknown';
}

process.exitCode = await runProgram(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  isTerminal: process.stdout.isTTY === true,
  isErrorTerminal: process.stderr.isTTY === true,
  askForKey(question) {
    process.stdout.write(question);
    return readKey(process.stdin);
  },
  workingFolder: process.cwd(),
  variables: process.env,
  version: packageVersion(),
  onStopRequest(listener) {
    for (const signal of STOP_SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of STOP_SIGNALS) process.off(signal, listener);
    };
  },
});
