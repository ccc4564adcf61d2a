import { parse } from 'lossless-json';

// A string, a comment, or a comma with nothing but space and comments between it and a closing bracket. Strings come
// first, so that what looks like a comment inside one stays.
const TOKEN = /"(?:\\.|[^"\\])*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|,(?=(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*[}\]])/g;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads JSON as the official emulator reads its settings: with a byte order mark, comments and trailing commas.
 *
 * @throws SyntaxError whose sentence names the place and quotes nothing: settings hold keys.
 */
export function parseJsonWithComments(text: string): unknown {
  const unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  // A space for each character keeps the places.
  const json = unmarked.replace(TOKEN, (token) => (token.startsWith('"') ? token : token.replace(/[^\r\n]/g, ' ')));
  try {
    return parse(json, null, Number);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`It is not JSON${placeOf(error, json)}.`);
  }
}

/** The parser says where it stopped, in characters; people count lines. */
function placeOf({ message }: SyntaxError, json: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = json.slice(0, Number(position)).split('\n');
  return ` at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}
