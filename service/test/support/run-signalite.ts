import { expect } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import type { HostScene } from './host-scene.ts';

export interface CommandAnswer {
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
}

/** Runs one line as a shell would cut it, on the process of a scene. */
export async function runSignalite(
  scene: HostScene,
  line: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<CommandAnswer> {
  const argv = [...line.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ''));
  const written = { out: '', error: '' };
  const exitCode = await runProgram(argv, {
    write(text) {
      written.out += text;
    },
    writeError(text) {
      written.error += text;
    },
    isTerminal: false,
    isErrorTerminal: false,
    askForKey: () => Promise.resolve(''),
    workingFolder: '.',
    variables: { SIGNALITE_CONTROL_URL: scene.host.controlUrl ?? '', ...variables },
    version: '1.2.3',
    onStopRequest: () => () => undefined,
  });
  return { exitCode, ...written };
}

/** What it prints; the test fails when it does not succeed. */
export async function expectSuccess(scene: HostScene, line: string): Promise<string> {
  const { exitCode, out, error } = await runSignalite(scene, line);
  expect({ line, exitCode, error }).toEqual({ line, exitCode: 0, error: '' });
  return out;
}
