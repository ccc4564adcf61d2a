import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Which core serves and which one drives; the same one twice, or none, when the machine does not allow better. */
export interface CorePlan {
  readonly server: number | undefined;
  readonly driver: number | undefined;
  /** Why figures are worth less here; undefined when all is well. */
  readonly warning: string | undefined;
}

/** Server processes share one core, the driver has another, so that neither disturbs the other. */
export function planCores(): CorePlan {
  if (spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status !== 0) {
    return { server: undefined, driver: undefined, warning: 'taskset is not installed: nothing is pinned to a core' };
  }
  const [server, driver] = allowedCores();
  const warning = driver === undefined ? 'one core only: the driver disturbs the servers' : undefined;
  return { server, driver: driver ?? server, warning };
}

/** A command line that runs on one core. `taskset` replaces itself, so the process id stays that of the command. */
export function pinned(core: number | undefined, command: readonly string[]): readonly string[] {
  return core === undefined ? command : ['taskset', '-c', String(core), ...command];
}

function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s+(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return list.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
