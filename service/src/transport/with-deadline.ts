/** Runs something that may last `ms` at most: its signal aborts then. No timer stays behind. */
export async function withDeadline<T>(ms: number, run: (deadline: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), ms);
  try {
    return await run(deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}
