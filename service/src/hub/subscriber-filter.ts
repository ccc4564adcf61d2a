// The filter of sends and of `:execute`: a small part of OData (rest-api 7.7, service-protocol 8.6). It knows `userId`,
// `connectionId`, `'g' in groups`; `eq ne gt ge lt le`, `and or not ( )`; `startswith endswith contains length`.

import { FilterSyntaxError, type FilterToken, readFilterTokens } from './filter-tokens.ts';

/** What a filter looks at. */
export interface Subscriber {
  readonly connectionId: string;
  /** Undefined for anonymous clients: `null` in a filter. */
  readonly userId: string | undefined;
  readonly groups: { has(group: string): boolean } | undefined;
}

/** True for those that the filter selects. */
export type SubscriberFilter = (subscriber: Subscriber) => boolean;

const LENGTH_MAX = 16_384;
const DEPTH_MAX = 100;

type Value = string | number | undefined;
type ValueType = 'text' | 'number' | 'null';

interface Operand {
  readonly type: ValueType;
  readonly of: (subscriber: Subscriber) => Value;
}

const COMPARISONS: ReadonlyMap<string, (left: Value, right: Value) => boolean> = new Map([
  ['eq', (left, right) => left === right],
  ['ne', (left, right) => left !== right],
  ['gt', ordered((left, right) => left > right)],
  ['ge', ordered((left, right) => left >= right)],
  ['lt', ordered((left, right) => left < right)],
  ['le', ordered((left, right) => left <= right)],
]);

const TEXT_TESTS: ReadonlyMap<string, (text: string, part: string) => boolean> = new Map([
  ['startswith', (text, part) => text.startsWith(part)],
  ['endswith', (text, part) => text.endsWith(part)],
  ['contains', (text, part) => text.includes(part)],
]);

/**
 * Makes a filter of its text. Names and operators compare without case, values exactly. The user id of anonymous
 * clients is `null`: it equals only that, has no order, and passes no test of texts. Throws `FilterSyntaxError`.
 */
export function parseSubscriberFilter(text: string): SubscriberFilter {
  if (text.length > LENGTH_MAX) throw new FilterSyntaxError(`The filter is longer than ${LENGTH_MAX} characters.`);
  return new FilterParser(readFilterTokens(text)).parse();
}

class FilterParser {
  readonly #tokens: readonly FilterToken[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens;
  }

  parse(): SubscriberFilter {
    const filter = this.#alternatives();
    if (this.#peek().kind !== 'end') throw this.#unexpected("'and', 'or' or the end");
    return filter;
  }

  #alternatives(): SubscriberFilter {
    const parts = [this.#conditions()];
    while (this.#tryWord('or')) parts.push(this.#conditions());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : (one) => parts.some((part) => part(one));
  }

  #conditions(): SubscriberFilter {
    const parts = [this.#condition()];
    while (this.#tryWord('and')) parts.push(this.#condition());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : (one) => parts.every((part) => part(one));
  }

  #condition(): SubscriberFilter {
    this.#depth += 1;
    // Each level costs the stack, here and when the filter is evaluated.
    if (this.#depth > DEPTH_MAX) throw new FilterSyntaxError(`The filter is nested deeper than ${DEPTH_MAX} levels.`);
    const condition = this.#oneCondition();
    this.#depth -= 1;
    return condition;
  }

  #oneCondition(): SubscriberFilter {
    if (this.#tryWord('not')) {
      const condition = this.#condition();
      return (one) => !condition(one);
    }
    if (this.#trySign('(')) {
      const inner = this.#alternatives();
      this.#sign(')');
      return inner;
    }
    const token = this.#peek();
    const test = token.kind === 'word' ? TEXT_TESTS.get(token.value) : undefined;
    if (test !== undefined) return this.#textTest(test);
    return this.#tryMembership() ?? this.#comparison();
  }

  #textTest(test: (text: string, part: string) => boolean): SubscriberFilter {
    this.#next += 1;
    this.#sign('(');
    const text = this.#textOperand();
    this.#sign(',');
    const part = this.#textOperand();
    this.#sign(')');
    return (one) => {
      const [value, wanted] = [text.of(one), part.of(one)];
      return typeof value === 'string' && typeof wanted === 'string' && test(value, wanted);
    };
  }

  /** `'g' in groups` */
  #tryMembership(): SubscriberFilter | undefined {
    const [group, operator] = [this.#peek(), this.#tokens[this.#next + 1]];
    if (group.kind !== 'text' || operator?.kind !== 'word' || operator.value !== 'in') return undefined;
    this.#next += 2;
    if (!this.#tryWord('groups')) throw this.#unexpected("'groups'");
    return ({ groups }) => groups?.has(group.value) === true;
  }

  #comparison(): SubscriberFilter {
    const left = this.#operand();
    const token = this.#peek();
    const compare = token.kind === 'word' ? COMPARISONS.get(token.value) : undefined;
    if (compare === undefined) throw this.#unexpected('one of eq, ne, gt, ge, lt, le');
    this.#next += 1;
    const right = this.#operand();
    if (left.type !== right.type && left.type !== 'null' && right.type !== 'null') {
      throw new FilterSyntaxError(`A text is compared with a number, at character ${token.at} of the filter.`);
    }
    return (one) => compare(left.of(one), right.of(one));
  }

  #textOperand(): Operand {
    const { at } = this.#peek();
    const operand = this.#operand();
    if (operand.type === 'number') throw new FilterSyntaxError(`A text is needed at character ${at} of the filter.`);
    return operand;
  }

  #operand(): Operand {
    const token = this.#peek();
    if (token.kind === 'text' || token.kind === 'number') {
      const { kind: type, value } = token;
      this.#next += 1;
      return { type, of: () => value };
    }
    if (this.#tryWord('null')) return { type: 'null', of: () => undefined };
    if (this.#tryWord('userid')) return { type: 'text', of: ({ userId }) => userId };
    if (this.#tryWord('connectionid')) return { type: 'text', of: ({ connectionId }) => connectionId };
    if (this.#tryWord('length')) return this.#length();
    throw this.#unexpected('userId, connectionId, a text, a number or a function');
  }

  #length(): Operand {
    this.#sign('(');
    const inner = this.#peek();
    // So that nothing recurses here.
    if (inner.kind === 'word' && inner.value === 'length') throw this.#unexpected('a text');
    const text = this.#textOperand();
    this.#sign(')');
    return {
      type: 'number',
      of: (one) => {
        const value = text.of(one);
        return typeof value === 'string' ? value.length : undefined;
      },
    };
  }

  #peek(): FilterToken {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new FilterSyntaxError('The filter ends too early.');
    return token;
  }

  #tryWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.value !== word) return false;
    this.#next += 1;
    return true;
  }

  #trySign(sign: '(' | ')' | ','): boolean {
    const token = this.#peek();
    if (token.kind !== 'sign' || token.value !== sign) return false;
    this.#next += 1;
    return true;
  }

  #sign(sign: '(' | ')' | ','): void {
    if (!this.#trySign(sign)) throw this.#unexpected(`'${sign}'`);
  }

  #unexpected(wanted: string): FilterSyntaxError {
    const { at, kind } = this.#peek();
    const where = kind === 'end' ? 'at its end' : `at character ${at}`;
    return new FilterSyntaxError(`The filter needs ${wanted} ${where}.`);
  }
}

function ordered(compare: (left: string | number, right: string | number) => boolean) {
  return (left: Value, right: Value) => left !== undefined && right !== undefined && compare(left, right);
}
