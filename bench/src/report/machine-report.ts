import { cpus } from 'node:os';
import type { Workspace } from '../targets/workspace.ts';

/** What was measured on what. */
export function machineReport({ cores }: Workspace, appServer: string): string {
  const all = cpus();
  const { server, driver, warning } = cores;
  return [
    `Machine: ${all.length} cores (${all[0]?.model ?? 'unknown'}), Node ${process.versions.node}`,
    server === undefined ? '' : `Servers on core ${server}, driver on core ${driver}`,
    warning === undefined ? '' : `Warning: ${warning}`,
    `App server: ${appServer}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
