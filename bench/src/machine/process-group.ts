// A child and whatever it starts are one process group: they end together.

import { spawn } from 'node:child_process';

/** Sends a signal to the leader of a group and to all others in it; nothing happens when none is left. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // gone already
  }
}

// The pipe closes when this process is gone, however it ended.
const GUARD = 'trap "" HUP INT TERM; read -r _; kill -s KILL -- "-$0"';

/** Kills a group when this process ends without having done so, even by SIGKILL. Gives what calls the guard off. */
export function guardGroup(leader: number): () => void {
  const guard = spawn('sh', ['-c', GUARD, String(leader)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.on('error', () => undefined); // without a shell all other ways to end still hold
  guard.unref();
  return () => guard.kill('SIGKILL');
}
