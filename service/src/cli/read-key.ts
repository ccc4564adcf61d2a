/** Standard input, be it a terminal or not. */
type Keyboard = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  readonly setRawMode?: (isRaw: boolean) => unknown;
};

/** The first character that comes; an empty text when the input ends without one. On a terminal no Enter is needed. */
export async function readKey(input: Keyboard): Promise<string> {
  const isTerminal = input.isTTY === true;
  if (isTerminal) input.setRawMode?.(true);
  try {
    return await new Promise<string>((resolve, reject) => {
      input.once('data', (chunk) => resolve(chunk.toString().charAt(0)));
      input.once('end', () => resolve(''));
      input.once('error', reject);
    });
  } finally {
    if (isTerminal) input.setRawMode?.(false);
    // Otherwise the process would wait for more.
    input.pause();
  }
}
