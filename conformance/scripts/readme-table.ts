import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { modeColumns, type Tallies, whatWorksTable } from '../src/report/what-works.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** What the suite last said of the service of this repository, by mode. */
export const RESULTS_FILE = path('../results/signalite.json');
const EMULATOR_FILE = path('../results/official-emulator.json');
const README = path('../../README.md');
const TABLE = /(<!-- what works: made of conformance\/results -->\n)[\s\S]*?(\n<!-- end of what works -->)/;

/** The table of the README, from the results that are kept. */
export async function readmeTable(): Promise<string> {
  const own = await readTallies(RESULTS_FILE);
  const emulator = await readTallies(EMULATOR_FILE);
  const others =
    emulator.Serverless === undefined ? [] : [{ title: "Microsoft's emulator", tally: emulator.Serverless }];
  return whatWorksTable([...modeColumns(own), ...others]);
}

/** What stands in the README now. Throws when its marks are gone. */
export async function readmeTableNow(): Promise<string> {
  const [, begin, end] = TABLE.exec(await readFile(README, 'utf8')) ?? [];
  if (begin === undefined || end === undefined) throw new Error(`${README} has no marks for the table.`);
  const text = await readFile(README, 'utf8');
  return text.slice(text.indexOf(begin) + begin.length, text.indexOf(end));
}

export async function writeReadmeTable(): Promise<void> {
  const table = await readmeTable();
  const text = await readFile(README, 'utf8');
  await writeFile(
    README,
    text.replace(TABLE, (_, begin: string, end: string) => `${begin}${table}${end}`),
  );
}

async function readTallies(file: string): Promise<Tallies> {
  const tallies: Tallies = JSON.parse(await readFile(file, 'utf8'));
  return tallies;
}
