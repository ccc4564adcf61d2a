import { describe, expect, test } from 'vitest';
import { formatOutput, type OutputOptions } from './format-output.ts';

const RESOURCES = [
  { id: '/a', type: 'T', name: 'one', location: 'local', isFree: true, sku: { name: 'Free_F1' }, tags: null },
  { id: '/b', type: 'T', name: 'two', location: 'local', isFree: false, sku: { name: 'Standard_S1' }, tags: null },
];

function format(value: unknown, options: Partial<OutputOptions>): string {
  return formatOutput(value, { output: 'json', isTerminal: false, ...options });
}

describe('tsv', () => {
  test.each([
    ['a text is bare', 'key', undefined, 'key\n'],
    ['a lone truth is in lower case', true, undefined, 'true\n'],
    ['a truth among others is that of Python', { a: true, b: null }, undefined, 'True\tNone\n'],
    ['lists are lines', ['a', 'b'], undefined, 'a\nb\n'],
    ['members are in the order of the alphabet', { b: 1, a: 2 }, undefined, '2\t1\n'],
    ['with a query in its order', { b: 1, a: 2 }, '{b: b, a: a}', '1\t2\n'],
    ['lists in rows are their lengths, objects nothing', { a: [1, 2], b: {}, c: 'x' }, undefined, '2\t\tx\n'],
    ['rows of a query', RESOURCES, '[].[name, sku.name]', 'one\tFree_F1\ntwo\tStandard_S1\n'],
    ['nothing is nothing', { a: 1 }, 'b', ''],
  ])('%s', (_, value, query, expected) => {
    expect(format(value, { output: 'tsv', query })).toBe(expected);
  });
});

describe('table', () => {
  test('values of objects by name, without ids, types and what is not there', () => {
    expect(format(RESOURCES, { output: 'table' })).toBe(
      'IsFree  Location  Name\n------  --------  ----\nTrue    local     one\nFalse   local     two\n',
    );
  });

  test('lists of a query are numbered columns', () => {
    expect(format(RESOURCES, { output: 'table', query: '[].[name, tags, sku.name]' })).toBe(
      'Column1  Column2  Column3\n-------  -------  -----------\none               Free_F1\ntwo               Standard_S1\n',
    );
  });

  test('a scalar is the result', () => {
    expect(format(RESOURCES, { output: 'table', query: '[0].name' })).toBe('Result\n------\none\n');
  });

  test('rows of its own, unless there is a query', () => {
    const toRows = () => [{ b: 1, a: 2 }];
    expect(format(RESOURCES, { output: 'table', toRows })).toBe('B  A\n-  -\n1  2\n');
    expect(format(RESOURCES, { output: 'table', toRows, query: '[0].{n: name}' })).toBe('N\n---\none\n');
  });

  test('what has no values says so', () => {
    expect(() => format({ templates: [] }, { output: 'table' })).toThrow('This is no table. Say what its columns are');
    expect(format([], { output: 'table' })).toBe('');
  });
});

test('json keeps the order of the server', () => {
  expect(format({ b: 1, a: 'x' }, {})).toBe('{\n  "b": 1,\n  "a": "x"\n}\n');
});

test('jsonc has colours on a terminal only', () => {
  expect(format({ a: 'x' }, { output: 'jsonc' })).toBe('{\n  "a": "x"\n}\n');
  expect(format({ a: 'x' }, { output: 'jsonc', isTerminal: true })).toBe(
    '{\n  \u001b[34m"a"\u001b[0m: \u001b[33m"x"\u001b[0m\n}\n',
  );
});

test('a query that meets the wrong kind of value says so', () => {
  expect(() => format({ a: 1 }, { query: 'length(a)' })).toThrow("The query 'length(a)' cannot be answered");
});
