// What was seen, as text for people: one file for each client, a section for each scenario and the settings in which
// its lines are the same.

import type { MatrixProtocol, MatrixTransport } from './matrix-client.ts';

export interface Observation {
  readonly scenario: string;
  readonly transport: MatrixTransport;
  readonly protocol: MatrixProtocol;
  readonly lines: readonly string[];
}

/** Names a scenario in a setting. */
export function keyOf({ scenario, transport, protocol }: Omit<Observation, 'lines'>): string {
  return `${scenario}: ${transport} ${protocol}`;
}

export function writeObservations(observations: readonly Observation[]): string {
  const sections = new Map<string, { title: string; settings: string[]; lines: readonly string[] }>();
  for (const { scenario, transport, protocol, lines } of observations) {
    const key = JSON.stringify([scenario, lines]);
    const section = sections.get(key) ?? { title: scenario, settings: [], lines };
    section.settings.push(`${transport} ${protocol}`);
    sections.set(key, section);
  }
  return [...sections.values()]
    .map(({ title, settings, lines }) => `# ${title}: ${settings.join(', ')}\n${lines.map(oneLine).join('\n')}\n`)
    .join('\n');
}

/** Lines by key. */
export function readObservations(text: string): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const section of text.trimEnd().split(/^# /m).slice(1)) {
    const [head = '', ...lines] = section.trimEnd().split('\n');
    const colon = head.indexOf(': ');
    for (const setting of head.slice(colon + 2).split(', ')) {
      found.set(`${head.slice(0, colon)}: ${setting}`, lines.map(severalLines));
    }
  }
  return found;
}

function oneLine(line: string): string {
  return `  ${line.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`;
}

function severalLines(line: string): string {
  return line.slice(2).replaceAll(/\\(.)/g, (_match, character: string) => (character === 'n' ? '\n' : character));
}

/** The first place where two observations differ, for people; undefined when they are equal. */
export function firstDifference(expected: readonly string[], actual: readonly string[]): string | undefined {
  const length = Math.max(expected.length, actual.length);
  const at = Array.from({ length }, (_, index) => index).find((index) => expected[index] !== actual[index]);
  if (at === undefined) return undefined;
  return `line ${at + 1}\n  Kestrel: ${expected[at] ?? '(nothing)'}\n  service: ${actual[at] ?? '(nothing)'}`;
}
