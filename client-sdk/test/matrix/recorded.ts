// What clients see on Kestrel, as it was recorded: one file for each scenario.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type Observation, readObservations, writeObservations } from './observations.ts';

const FOLDER = new URL('./kestrel-observations/', import.meta.url);

/** Lines by name of seat. */
export async function recordedOf(scenario: string): Promise<Map<string, readonly string[]>> {
  return readObservations(await readFile(fileOf(scenario), 'utf8'));
}

export async function record(scenario: string, observations: readonly Observation[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(fileOf(scenario), writeObservations(observations));
}

function fileOf(scenario: string): URL {
  return new URL(`${scenario.replaceAll(' ', '-')}.txt`, FOLDER);
}
