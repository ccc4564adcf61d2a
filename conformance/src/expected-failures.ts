import { readFileSync } from 'node:fs';

/** What a known target is known to fail: one id a line, `#` begins a comment. */
export interface ExpectedFailures {
  readonly ids: ReadonlySet<string>;
}

export const NO_EXPECTED_FAILURES: ExpectedFailures = { ids: new Set() };

/** Throws an Error that names the line: an id that does not exist would never be noticed otherwise. */
export function readExpectedFailures(path: string, known: ReadonlySet<string>): ExpectedFailures {
  return parseExpectedFailures(readFileSync(path, 'utf8'), known);
}

export function parseExpectedFailures(text: string, known: ReadonlySet<string>): ExpectedFailures {
  const ids = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    const id = line.replace(/#.*/, '').trim();
    if (id === '') continue;
    if (!known.has(id)) throw new Error(`Line ${index + 1}: there is no check '${id}'. See --list.`);
    if (ids.has(id)) throw new Error(`Line ${index + 1}: '${id}' is there twice.`);
    ids.add(id);
  }
  return { ids };
}
