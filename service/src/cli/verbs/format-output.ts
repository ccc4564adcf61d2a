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
  /** Colours, for `jsonc` only. */
  readonly isTerminal: boolean;
}

type Row = Readonly<Record<string, unknown>>;
type Formatter = (value: unknown, isTerminal: boolean) => string;

const INDENT = 2;
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
  jsonc: (value, isTerminal) => coloured(JSON.stringify(value, undefined, INDENT), isTerminal),
  table: tableOf,
  tsv: tsvOf,
  yaml: (value) => stringify(value),
  none: () => '',
};

/** Text for standard output; empty when there is nothing to show. Throws `VerbError` for a query that is none. */
export function formatOutput(value: unknown, { output, query, isTerminal }: OutputOptions): string {
  const shown = query === undefined ? value : search(value, query);
  return shown === undefined || shown === null ? '' : FORMATTERS[output](shown, isTerminal);
}

function search(value: unknown, query: string): unknown {
  try {
    return jmespath.search(value, query);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new VerbError(`The query '${query}' is no JMESPath: ${why}. An example: --query primaryConnectionString`);
  }
}

function coloured(text: string, isTerminal: boolean): string {
  if (!isTerminal) return `${text}\n`;
  const names = text.replaceAll(/^( *)("(?:[^"\\]|\\.)*")(?=:)/gm, '$1\u001b[34m$2\u001b[0m');
  return `${names.replaceAll(/: ("(?:[^"\\]|\\.)*")/g, ': \u001b[33m$1\u001b[0m')}\n`;
}

/** A scalar is its bare value; lists are lines; members are separated by tabs, in their order. */
function tsvOf(value: unknown): string {
  const lines = Array.isArray(value) ? value.map(lineOf) : [lineOf(value)];
  return lines.map((line) => `${line}\n`).join('');
}

function lineOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(cellOf).join('\t');
  return isRow(value) ? Object.values(value).map(cellOf).join('\t') : cellOf(value);
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return `${value.length}`;
  return isRow(value) ? '' : `${value}`;
}

/** One row an object, a column for each member that is a value. */
function tableOf(value: unknown): string {
  const rows = (Array.isArray(value) ? value : [value]).map((one): Row => (isRow(one) ? one : { result: one }));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => isCell(row[name]))))];
  if (columns.length === 0) return '';
  const heads = columns.map((name) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`);
  const table = new Table({ chars: NO_FRAME, style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] } });
  const cells = rows.map((row) => columns.map((name) => (row[name] === undefined ? '' : cellOf(row[name]))));
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

function isCell(value: unknown): boolean {
  return value !== null && typeof value !== 'object' && value !== undefined;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
