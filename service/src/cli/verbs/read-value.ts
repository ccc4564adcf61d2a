// Values as `az` reads them. What cannot be read is a wrong line, told of before anything is done.

import { InvalidArgumentError } from 'commander';
import jmespath from 'jmespath';

const SHORT = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/i;
const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i;
const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1000] as const;
const INTERVALS = ['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'PT12H', 'P1D'] as const;
const FULL = 'FULL';
/** Errors of the library that are of the text. */
const MISWRITTEN = ['LexerError', 'ParserError'];

/** `true` and `false`, in any case. */
export function readTruth(text: string): boolean {
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw new InvalidArgumentError('It must be true or false.');
}

export function readWhole(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** JMESPath. What it meets in an answer is known only then; how it is written, at once. */
export function readQuery(text: string): string {
  try {
    jmespath.search({}, text);
  } catch (error) {
    if (error instanceof Error && MISWRITTEN.includes(error.name)) {
      throw new InvalidArgumentError(
        `It is no JMESPath: ${error.message}. An example: --query primaryConnectionString`,
      );
    }
  }
  return text;
}

/** An ISO 8601 time, in milliseconds. */
export function readTime(text: string): number {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('It must be a time in ISO 8601, such as 2026-01-01T00:00:00Z.');
}

/** `30m`, `1h`, `1d6h` or ISO 8601, in milliseconds. */
export function readOffset(text: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('It must be such as 30m, 1h, 1d6h or PT1H.');
}

/** `1m`, `1h` or ISO 8601, in the words of the REST API. */
export function readInterval(text: string): string {
  if (text.toUpperCase() === FULL) return FULL;
  const ms = durationMs(text);
  const interval = INTERVALS.find((one) => durationMs(one) === ms);
  if (interval !== undefined) return interval;
  throw new InvalidArgumentError(`It must be one of ${INTERVALS.join(', ')} and ${FULL}, or such as 1m and 1h.`);
}

function durationMs(text: string): number | undefined {
  const [, ...counts] = SHORT.exec(text) ?? ISO.exec(text) ?? [];
  if (counts.every((count) => count === undefined)) return undefined;
  return UNITS_MS.reduce((sum, unit, index) => sum + Number(counts[index] ?? 0) * unit, 0);
}
