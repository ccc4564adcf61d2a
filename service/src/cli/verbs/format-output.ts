// What verbs print, in the forms of `az`.

import Table from 'cli-table3';
import jmespath from 'jmespath';
import { stringify } from 'yaml';
import { VerbError } from './control-client.ts';

export const OUTPUT_FORMATS = ['json', 'jsonc', 'table', 'tsv', 'yaml', 'none'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface OutputOptions {
  readonly output: OutputFormat;
  /** JMESPath. */
  readonly query?: string | undefined;
  /** Whether standard output is one: colours, for `jsonc` only. */
  readonly isTerminal: boolean;
  /** Rows of a table without a query; without it, the members in the order of the alphabet. */
  readonly toRows?: ((value: unknown) => unknown) | undefined;
}

type Row = Readonly<Record<string, unknown>>;
type Formatter = (value: unknown, options: OutputOptions) => string;

const INDENT = 2;
/** What no table shows unless a query renames it. */
const SKIPPED = ['id', 'type', 'etag'];
const NO_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

const FORMATTERS: Readonly<Record<OutputFormat, Formatter>> = {
  json: (value) => `${JSON.stringify(value, undefined, INDENT)}\n`,
  jsonc: (value, { isTerminal }) => coloured(JSON.stringify(value, undefined, INDENT), isTerminal),
  table: tableOf,
  tsv: tsvOf,
  yaml: (value) => stringify(value),
  none: () => '',
};

/** Text for standard output; empty when there is nothing to show. Throws `VerbError` for what cannot be shown so. */
export function formatOutput(value: unknown, options: OutputOptions): string {
  const { output, query } = options;
  const shown = query === undefined ? value : search(value, query);
  return shown === undefined || shown === null ? '' : FORMATTERS[output](shown, options);
}

function search(value: unknown, query: string): unknown {
  try {
    return jmespath.search(value, query);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new VerbError(`The query '${query}' cannot be answered: ${why}.`);
  }
}

function coloured(text: string, isTerminal: boolean): string {
  if (!isTerminal) return `${text}\n`;
  const names = text.replaceAll(/^( *)("(?:[^"\\]|\\.)*")(?=:)/gm, '$1\u001b[34m$2\u001b[0m');
  return `${names.replaceAll(/: ("(?:[^"\\]|\\.)*")/g, ': \u001b[33m$1\u001b[0m')}\n`;
}

/** A scalar is its bare value; lists are lines; members are separated by tabs: in a query's order, else by name. */
function tsvOf(value: unknown, { query }: OutputOptions): string {
  const lines = listOf(value).map((one) => {
    if (Array.isArray(one)) return one.map(tsvCell).join('\t');
    if (!isRow(one)) return typeof one === 'boolean' ? `${one}` : tsvCell(one);
    return namesOf(one, query === undefined)
      .map((name) => tsvCell(one[name]))
      .join('\t');
  });
  return lines.map((line) => `${line}\n`).join('');
}

function tsvCell(value: unknown): string {
  if (Array.isArray(value)) return `${value.length}`;
  return isRow(value) ? '' : scalarText(value);
}

/** One row an object or list, a column for each member that is a value. */
function tableOf(value: unknown, { query, toRows }: OutputOptions): string {
  const isOwn = query === undefined;
  const list = listOf(isOwn && toRows !== undefined ? toRows(value) : value);
  const rows = list.map((one) => rowOf(one, isOwn && toRows === undefined));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (list.length === 0) return '';
  if (columns.length === 0) throw new VerbError('This is no table. Say what its columns are: --query, or -o json.');
  const cells = rows.map((row) => columns.map((name) => (row[name] === undefined ? '' : tableCell(row[name]))));
  const heads = columns.map((name) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`);
  const table = new Table({ chars: NO_FRAME, style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] } });
  const widths = heads.map((head, index) => Math.max(head.length, ...cells.map((row) => row[index]?.length ?? 0)));
  table.push(
    heads,
    widths.map((width) => '-'.repeat(width)),
    ...cells,
  );
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

function rowOf(value: unknown, isSorted: boolean): Row {
  if (Array.isArray(value)) return Object.fromEntries(value.map((one, index) => [`column${index + 1}`, one]));
  if (!isRow(value)) return { result: value };
  const names = namesOf(value, isSorted).filter((name) => !SKIPPED.includes(name) && isCell(value[name]));
  return Object.fromEntries(names.map((name) => [name, value[name]]));
}

function tableCell(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : scalarText(value);
}

/** As Python writes them, which is what scripts of `az` compare with. */
function scalarText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return `${value}`;
}

function namesOf(row: Row, isSorted: boolean): readonly string[] {
  return isSorted ? Object.keys(row).sort() : Object.keys(row);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isCell(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
