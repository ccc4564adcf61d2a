import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN_STATE = '0A';

/** The local process that listens on a TCP port; undefined when there is none that this user may look at. */
export function listeningProcess(port: number): number | undefined {
  const links = new Set(listeningInodes(port).map((inode) => `socket:[${inode}]`));
  if (links.size === 0) return undefined;
  return readdirSync('/proc')
    .map(Number)
    .find((pid) => pid > 0 && openFiles(pid).some((link) => links.has(link)));
}

function listeningInodes(port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '', , state]) => state === LISTEN_STATE && local.endsWith(`:${hexPort}`))
      .flatMap((fields) => fields[9] ?? []),
  );
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return []; // gone meanwhile, or somebody else's
  }
}
