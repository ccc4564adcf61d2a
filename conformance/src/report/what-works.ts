import { SERVICE_MODES, type ServiceMode } from '../check.ts';

/** One row of the table: areas that readers would look for under one name. */
interface Row {
  readonly title: string;
  readonly areas: readonly string[];
}

/** Every area of the catalogue stands in one row. */
export const ROWS: readonly Row[] = [
  { title: 'negotiate and tokens', areas: ['negotiate', 'tokens'] },
  {
    title: 'WebSockets, Server-Sent Events, long polling',
    areas: ['web-sockets', 'event-stream', 'long-polling', 'status-codes', 'limits'],
  },
  { title: 'hub protocol, JSON and MessagePack', areas: ['hub-handshake', 'hub-protocol', 'closing'] },
  {
    title: 'app servers on SDKs of all ages: handshake, pings, flow control',
    areas: ['server-handshake', 'server-connections', 'service-pings', 'generations', 'flow-control', 'on-demand'],
  },
  { title: 'clients come and go, app servers shut down', areas: ['client-life', 'shutdown'] },
  { title: 'sends, groups, users, acks', areas: ['sends', 'groups', 'users', 'acks'] },
  { title: 'client results', areas: ['client-results'] },
  { title: 'order, and nothing lost in a burst', areas: ['ordering'] },
  { title: 'stateful reconnect', areas: ['stateful-reconnect'] },
  {
    title: 'REST API, every route and version',
    areas: ['rest-routes', 'rest-sends', 'rest-groups', 'rest-closing', 'rest-calls', 'rest-refusals'],
  },
  { title: 'Serverless mode and upstreams', areas: ['serverless', 'upstream'] },
  { title: 'Classic mode', areas: ['classic'] },
  { title: 'the released JavaScript and .NET clients', areas: ['released-client', 'dotnet-client'] },
  { title: "recorded sessions of Microsoft's SDKs", areas: ['recorded-sdk'] },
];

/** Ids of checks by what became of them. */
export interface Tally {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/** What one target does in one mode. */
export interface Column {
  readonly title: string;
  readonly tally: Tally;
}

/** Reads the file that `--json` writes. Throws when it is another one. */
export function readTally(json: string): Tally {
  const document: unknown = JSON.parse(json);
  const tests = members(document, 'testResults').flatMap((file) => members(file, 'assertionResults'));
  if (tests.length === 0) throw new Error('The file holds no results. Write one with --json.');
  const ids = (wanted: (status: unknown) => boolean) =>
    tests.filter((test) => wanted(member(test, 'status'))).map((test) => String(member(test, 'title')));
  return { passed: ids((status) => status === 'passed').sort(), failed: ids((status) => status !== 'passed').sort() };
}

/** A Markdown table: for each row and target, how many of the checks that were made passed. */
export function whatWorksTable(columns: readonly Column[]): string {
  const head = `| | ${columns.map(({ title }) => title).join(' | ')} |`;
  const rows = ROWS.map(({ title, areas }) => {
    const cells = columns.map(({ tally }) => cellOf(tally, areas));
    return `| ${title} | ${cells.join(' | ')} |`;
  });
  return [head, `|---|${columns.map(() => '---').join('|')}|`, ...rows].join('\n');
}

/** For files that people keep: one object a mode. */
export type Tallies = Partial<Record<ServiceMode, Tally>>;

/** Titles of columns, in the order of the modes. */
export function modeColumns(tallies: Tallies): readonly Column[] {
  return SERVICE_MODES.flatMap((mode) => {
    const tally = tallies[mode];
    return tally === undefined ? [] : [{ title: `${mode} mode`, tally }];
  });
}

function cellOf({ passed, failed }: Tally, areas: readonly string[]): string {
  const count = (ids: readonly string[]) => ids.filter((id) => areas.includes(id.slice(0, id.indexOf('.')))).length;
  const good = count(passed);
  const all = good + count(failed);
  if (all === 0) return '–';
  return good === all ? `all ${all}` : `${good} of ${all}`;
}

function members(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
