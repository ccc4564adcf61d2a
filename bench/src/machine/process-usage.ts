// What Linux knows of processes: CPU time and resident memory.

import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ is 100 on every Linux that Node runs on
const USER_FIELD = 11;
const SYSTEM_FIELD = 12;

/** What a process has used so far, all its threads together. */
export interface ProcessUsage {
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly rssBytes: number;
  /** Highest resident memory since it started. */
  readonly peakRssBytes: number;
}

/** Throws when the process is gone. */
export function sampleProcess(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the command stands in brackets and may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    userSeconds: Number(fields[USER_FIELD]) / TICKS_PER_SECOND,
    systemSeconds: Number(fields[SYSTEM_FIELD]) / TICKS_PER_SECOND,
    rssBytes: kilobytes(status, 'VmRSS') * 1024,
    peakRssBytes: kilobytes(status, 'VmHWM') * 1024,
  };
}

/** CPU seconds that the whole machine has used so far: shows whether other work disturbed a run. */
export function sampleMachineSeconds(): number {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq) / TICKS_PER_SECOND;
}

/** CPU seconds of this process so far. */
export function sampleOwnSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}
