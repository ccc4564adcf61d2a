/** A filter that cannot be understood; the message says where and why, for people. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError';
}

/** One piece of a filter. `at`: its first character, counted from 1. */
export type FilterToken =
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  /** Names and operators, in lower case: they compare without case. */
  | { readonly kind: 'word'; readonly value: string; readonly at: number }
  | { readonly kind: 'sign'; readonly value: '(' | ')' | ','; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(-?\d{1,15})(?!\w)|([A-Za-z]\w*)|([(),]))/y;
const REST = /\s*$/y;

/** Splits a filter; the last token is `end`. Throws `FilterSyntaxError`. */
export function readFilterTokens(filter: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  for (let next = 0; ; next = TOKEN.lastIndex) {
    REST.lastIndex = next;
    if (REST.test(filter)) return [...tokens, { kind: 'end', at: filter.length + 1 }];
    TOKEN.lastIndex = next;
    const found = TOKEN.exec(filter);
    if (found === null) throw unreadable(filter, next);
    tokens.push(tokenOf(found, TOKEN.lastIndex));
  }
}

function tokenOf([, text, number, word, sign]: RegExpExecArray, end: number): FilterToken {
  if (text !== undefined) return { kind: 'text', value: text.replaceAll("''", "'"), at: end - text.length - 1 };
  if (number !== undefined) return { kind: 'number', value: Number(number), at: end - number.length + 1 };
  if (word !== undefined) return { kind: 'word', value: word.toLowerCase(), at: end - word.length + 1 };
  return { kind: 'sign', value: sign === '(' || sign === ')' ? sign : ',', at: end };
}

function unreadable(filter: string, from: number): FilterSyntaxError {
  const at = from + filter.slice(from).search(/\S/) + 1;
  const why = filter[at - 1] === "'" ? 'The text is not ended by a quote' : 'There is something that no filter holds';
  return new FilterSyntaxError(`${why}, at character ${at} of the filter.`);
}
