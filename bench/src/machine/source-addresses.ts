import { readFileSync } from 'node:fs';

const PORT_RANGE_FILE = '/proc/sys/net/ipv4/ip_local_port_range';
/** Ports of the range that are left to everything else on the machine. */
const OTHER_PORTS = 2000;
const ADDRESSES_MAX = 254;

/**
 * Loopback addresses that so many clients of one server must connect from, in turn: each has ports of its own. They
 * differ from process to process, for the ports of connections that have just ended cannot be had again at once. None
 * are given where the system's choice is enough.
 */
export function sourceAddresses(connections: number, pid: number, portRange = readPortRange()): string[] {
  const [first = 0, last = 0] = portRange.trim().split(/\s+/).map(Number);
  const count = Math.ceil(connections / Math.max(1, last - first + 1 - OTHER_PORTS));
  if (count > ADDRESSES_MAX) {
    throw new Error(
      `There are too few ports (${first} to ${last}) for ${connections} clients: widen ${PORT_RANGE_FILE}.`,
    );
  }
  if (count <= 1) return [];
  const network = `127.${(pid >> 8) & 0xff}.${pid & 0xff}`;
  return Array.from({ length: count }, (_, index) => `${network}.${index + 1}`);
}

function readPortRange(): string {
  return readFileSync(PORT_RANGE_FILE, 'utf8');
}
