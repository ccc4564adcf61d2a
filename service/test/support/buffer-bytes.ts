import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of buffers that are in use in this process, garbage not counted. */
export function bufferBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('this runtime lets nobody collect garbage');
  collect();
  return process.memoryUsage().arrayBuffers;
}
