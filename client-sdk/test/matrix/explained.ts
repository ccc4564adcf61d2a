// Where the service may show something else than Kestrel, and why. As short as can be.

/** A line as Kestrel would have it. */
export function asKestrel(line: string): string {
  return line;
}
