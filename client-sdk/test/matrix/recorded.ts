import { readFile, writeFile } from 'node:fs/promises';
import type { MatrixClient } from './matrix-client.ts';
import { type Observation, readObservations, writeObservations } from './observations.ts';

const FOLDER = new URL('./kestrel-observations/', import.meta.url);

/** What a client sees on Kestrel, as it was recorded. */
export async function recordedOf(client: MatrixClient): Promise<Map<string, readonly string[]>> {
  return readObservations(await readFile(fileOf(client), 'utf8'));
}

export async function record(client: MatrixClient, observations: readonly Observation[]): Promise<void> {
  await writeFile(fileOf(client), writeObservations(observations));
}

function fileOf({ name }: MatrixClient): URL {
  return new URL(`${name.replaceAll(/[^\w.]+/g, '-').replace(/^[-.]+/, '')}.txt`, FOLDER);
}
