import { endAll } from '../machine/child-process.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Supervision {
  /** For the whole run; undefined: its parts have deadlines of their own. */
  readonly deadlineMs: number | undefined;
  /** Takes what went wrong, a sentence at a time. */
  readonly report: (problem: string) => void;
}

/**
 * Runs to an end that leaves no process behind: after the last measurement, a failure, a signal or the deadline.
 * @param run gives what went wrong, one sentence each
 * @returns the exit code
 */
export async function supervise(run: () => Promise<readonly string[]>, supervision: Supervision): Promise<0 | 1> {
  const problems = await problemsOf(run, supervision.deadlineMs);
  for (const name of await endAll()) problems.push(`${name} could not be stopped: stop it by hand.`);
  for (const problem of problems) supervision.report(problem);
  return problems.length === 0 ? 0 : 1;
}

async function problemsOf(run: () => Promise<readonly string[]>, deadlineMs: number | undefined): Promise<string[]> {
  try {
    return [...(await Promise.race([interruption(deadlineMs), run()]))];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function interruption(deadlineMs: number | undefined): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of SIGNALS) {
      process.on(signal, () => reject(new Error(`Interrupted by ${signal}: whatever was started is stopped.`)));
    }
    // A fault in a callback, or nobody reads the output any more.
    process.on('uncaughtException', reject);
    if (deadlineMs === undefined) return;
    const problem = `The run did not end within ${deadlineMs / 1000} s: whatever was started is stopped.`;
    setTimeout(() => reject(new Error(problem)), deadlineMs).unref();
  });
}
