// JSON kept as text. What is parsed and written again loses numbers beyond 2^53, so values that are only passed on are
// cut out of the body as they stand (rest-api 5.1).

import { isUtf8 } from 'node:buffer';

/** Deeper values are refused: no client reads them, and .NET clients end their connection over far less. */
export const DEPTH_MAX = 500;

const BYTE_ORDER_MARK = '\ufeff';
const WHITESPACE = /[ \t\r\n]*/y;
/** One token: a string, a bracket, or what has neither. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^[\]{}",:]+|[,:]/y;

/** A value with the text that it was read from, cut at both ends. */
export interface JsonText {
  readonly value: unknown;
  readonly text: string;
}

/** Reads one JSON value in UTF-8; a byte order mark is passed over. Undefined for what is none, or nested too deep. */
export function readJsonText(bytes: Buffer): JsonText | undefined {
  try {
    if (!isUtf8(bytes)) return undefined;
    const whole = bytes.toString();
    const text = (whole.startsWith(BYTE_ORDER_MARK) ? whole.slice(1) : whole).trim();
    const value: unknown = JSON.parse(text);
    return isTooDeep(text) ? undefined : { value, text };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
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

function isTooDeep(text: string): boolean {
  // Most texts have so few brackets that nobody must look closer.
  if (!holdsMore(text, '[', DEPTH_MAX / 2) && !holdsMore(text, '{', DEPTH_MAX / 2)) return false;
  const cursor = { text, at: 0 };
  for (let depth = 0; cursor.at < text.length; ) {
    const token = takeToken(cursor);
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

function holdsMore(text: string, sign: string, most: number): boolean {
  let at = text.indexOf(sign);
  for (let count = 0; at >= 0; at = text.indexOf(sign, at + 1)) {
    count += 1;
    if (count > most) return true;
  }
  return false;
}
