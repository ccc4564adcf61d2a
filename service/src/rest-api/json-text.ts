// JSON kept as text. What is parsed and written again loses numbers beyond 2^53, so values that are only passed on are
// cut out of the body as they stand (rest-api 5.1).

/** Deeper values are refused: no client reads them, and .NET clients end their connection over far less. */
export const DEPTH_MAX = 500;

const WHITESPACE = /[ \t\r\n]*/y;
/** One token: a string, a bracket, or what has neither. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^[\]{}",:]+|[,:]/y;

/** A value with the text that it was read from, cut at both ends. */
export interface JsonText {
  readonly value: unknown;
  readonly text: string;
}

/** Reads one JSON value in UTF-8; a byte order mark is passed over. Undefined for what is none, or nested too deep. */
export function readJsonText(bytes: Uint8Array): JsonText | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return depthOf(text) > DEPTH_MAX ? undefined : { value, text: text.trim() };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * The texts of an object's members by name in lower case; of names that are alike, the last. `text`: an object that was
 * parsed before.
 */
export function memberTexts(text: string): Map<string, string> {
  const members = new Map<string, string>();
  const cursor = { text, at: 0 };
  skipSign(cursor);
  while (nextSign(cursor) !== '}') {
    const name: unknown = JSON.parse(takeValue(cursor));
    skipSign(cursor);
    members.set(String(name).toLowerCase(), takeValue(cursor));
    if (nextSign(cursor) === ',') skipSign(cursor);
  }
  return members;
}

/** The texts of an array's elements. `text`: an array that was parsed before. */
export function elementTexts(text: string): string[] {
  const elements: string[] = [];
  const cursor = { text, at: 0 };
  skipSign(cursor);
  while (nextSign(cursor) !== ']') {
    elements.push(takeValue(cursor));
    if (nextSign(cursor) === ',') skipSign(cursor);
  }
  return elements;
}

interface Cursor {
  readonly text: string;
  at: number;
}

function nextSign(cursor: Cursor): string {
  WHITESPACE.lastIndex = cursor.at;
  WHITESPACE.test(cursor.text);
  cursor.at = WHITESPACE.lastIndex;
  return cursor.text.charAt(cursor.at);
}

function skipSign(cursor: Cursor): void {
  nextSign(cursor);
  cursor.at += 1;
}

function takeValue(cursor: Cursor): string {
  nextSign(cursor);
  const start = cursor.at;
  let depth = 0;
  do {
    const token = takeToken(cursor);
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
  } while (depth > 0);
  return cursor.text.slice(start, cursor.at).trimEnd();
}

/** One sign of a bracket; other tokens are told apart by nobody. */
function takeToken(cursor: Cursor): string {
  TOKEN.lastIndex = cursor.at;
  if (!TOKEN.test(cursor.text)) throw new Error('the text was not parsed before');
  const first = cursor.text.charAt(cursor.at);
  cursor.at = TOKEN.lastIndex;
  return first;
}

function depthOf(text: string): number {
  const cursor = { text, at: 0 };
  let [depth, deepest] = [0, 0];
  while (cursor.at < text.length) {
    const token = takeToken(cursor);
    if (token === '{' || token === '[') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (token === '}' || token === ']') depth -= 1;
  }
  return deepest;
}
