import { readFileSync } from 'node:fs';

/** What a process holds open besides the connections of its clients: code, event loop, negotiates, server connections. */
const OTHER_FILES = 300;

/** Why a process of this machine cannot hold so many connections, and what to do; undefined when it can. */
export function openFilesProblem(connections: number, limits = readLimits()): string | undefined {
  const max = hardLimit(limits);
  const needed = connections + OTHER_FILES;
  if (max >= needed) return undefined;
  return (
    `${connections} clients need ${needed} open files in one process, and this shell allows ${max}. ` +
    `Raise it as root (ulimit -n ${needed}; in a container: docker run --ulimit nofile=${needed}), ` +
    'or leave these measurements out: --only without P9, P12 and P16.'
  );
}

/** Runtimes of servers and driver raise the soft limit to the hard one by themselves. */
function hardLimit(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

function readLimits(): string {
  return readFileSync('/proc/self/limits', 'utf8');
}
