/** Colours for terminals; plain text elsewhere, and where NO_COLOR is set. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

export function createStyle(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): Style {
  const isPlain = !isTerminal || (environment['NO_COLOR'] ?? '') !== '';
  const colour = (code: number) => (text: string) => (isPlain ? text : `\x1b[${code}m${text}\x1b[0m`);
  return { bold: colour(1), dim: colour(2), good: colour(32), bad: colour(31) };
}
