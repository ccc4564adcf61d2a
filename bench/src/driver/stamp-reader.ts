import { STAMP_DIGITS } from './hub-messages.ts';

const MARK = 0x7e; // ~

/** Gives the time of each stamp in `chunk[start, end)`; one that two chunks share is left out. */
export function readStamps(
  chunk: Buffer,
  [start, end]: readonly [number, number],
  onStamp: (ms: number) => void,
): void {
  let at = chunk.indexOf(MARK, start);
  while (at >= 0 && at + STAMP_DIGITS + 1 < end) {
    const closes = at + STAMP_DIGITS + 1;
    if (chunk[closes] === MARK) onStamp(Number(chunk.toString('latin1', at + 1, closes)) / 1000);
    at = chunk.indexOf(MARK, closes + 1);
  }
}
