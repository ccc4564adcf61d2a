// What was seen, as text for people. Lines that several clients see in several settings are written once, under a head
// for each client:
//
// # <client>: <transport> <protocol>, <transport> <protocol>
//   <line>

import type { MatrixProtocol, MatrixTransport } from './matrix-client.ts';

/** Who played, and how. */
export interface Seat {
  readonly client: string;
  readonly transport: MatrixTransport;
  readonly protocol: MatrixProtocol;
}

/** What one seat saw of one scenario. */
export interface Observation extends Seat {
  readonly scenario: string;
  readonly lines: readonly string[];
}

export function settingOf({ transport, protocol }: Omit<Seat, 'client'>): string {
  return `${transport} ${protocol}`;
}

export function seatName(seat: Seat): string {
  return `${seat.client}: ${settingOf(seat)}`;
}

/** Everything seen of one scenario. */
export function writeObservations(observations: readonly Observation[]): string {
  const sections = new Map<string, { settings: Map<string, string[]>; lines: readonly string[] }>();
  for (const observation of observations) {
    const { client, lines } = observation;
    const key = JSON.stringify(lines);
    const section = sections.get(key) ?? { settings: new Map<string, string[]>(), lines };
    section.settings.set(client, [...(section.settings.get(client) ?? []), settingOf(observation)]);
    sections.set(key, section);
  }
  return [...sections.values()]
    .map(({ settings, lines }) => {
      const heads = [...settings].map(([client, names]) => `# ${client}: ${names.join(', ')}\n`);
      return `${heads.join('')}${lines.map((line) => `  ${oneLine(line)}\n`).join('')}`;
    })
    .join('\n');
}

/** Lines by name of seat. */
export function readObservations(text: string): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const section of text.split('\n\n')) {
    const rows = section.split('\n');
    const lines = rows.filter((row) => row.startsWith('  ')).map((row) => severalLines(row.slice(2)));
    for (const head of rows.filter((row) => row.startsWith('# '))) {
      const colon = head.lastIndexOf(': ');
      for (const setting of head.slice(colon + 2).split(', ')) found.set(`${head.slice(2, colon)}: ${setting}`, lines);
    }
  }
  return found;
}

function oneLine(line: string): string {
  return line.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

const WRITTEN: Readonly<Record<string, string>> = { n: '\n', r: '\r' };

function severalLines(line: string): string {
  return line.replaceAll(/\\(.)/g, (_match, character: string) => WRITTEN[character] ?? character);
}

/** The first place where two observations differ, for people; undefined when they are equal. */
export function firstDifference(
  expected: readonly string[],
  actual: readonly string[],
  actualName = 'service',
): string | undefined {
  const length = Math.max(expected.length, actual.length);
  const at = Array.from({ length }, (_, index) => index).find((index) => expected[index] !== actual[index]);
  if (at === undefined) return undefined;
  return `line ${at + 1}\n  Kestrel: ${expected[at] ?? '(nothing)'}\n  ${actualName}: ${actual[at] ?? '(nothing)'}`;
}
