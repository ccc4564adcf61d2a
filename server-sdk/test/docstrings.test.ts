// Everything that apps can reach says what it is.
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const folder = resolve(import.meta.dirname, '../src');
const index = await readFile(join(folder, 'index.ts'), 'utf8');

interface Exported {
  readonly name: string;
  readonly file: string;
}

/** The names of `export { … } from './file.ts'` and of `export type { … } from './file.ts'`. */
const exported: readonly Exported[] = [...index.matchAll(/export (?:type )?\{([^}]*)\} from '(\.[^']*)'/g)].flatMap(
  ([, names = '', file = '']) =>
    names.split(',').flatMap((name) => {
      const bare = name.replace(/^\s*type /, '').trim();
      return bare === '' ? [] : [{ name: bare, file }];
    }),
);

/** Lines that declare a member at the first level of a class or an interface. */
const MEMBER = /^ {2}(?:override |static |readonly |get |async )*([a-z]\w*|\[Symbol\.\w+\])[?]?(?:<.*>)?[(:]/;
/** What is inside of a class only. */
const HIDDEN = /^ {2}(?:readonly |static |async |get )*(?:#|constructor)/;

/** The lines of a declaration, and the line before it. */
function declarationOf(name: string, source: string): { readonly before: string; readonly lines: readonly string[] } {
  const lines = source.split('\n');
  const start = lines.findIndex((line) =>
    new RegExp(`^export (?:abstract )?(?:class|interface|type|const|function) ${name}\\b`).test(line),
  );
  if (start < 0) throw new Error(`${name} is not declared where index.ts says`);
  const isBlock = /^export (?:abstract )?(?:class|interface) /.test(lines[start] ?? '');
  const length = isBlock ? lines.slice(start).findIndex((line) => line.startsWith('}')) : 1;
  return { before: lines[start - 1] ?? '', lines: lines.slice(start, start + length) };
}

function undocumented({ name, file }: Exported, source: string): string[] {
  const { before, lines } = declarationOf(name, source);
  const members = lines.flatMap((line, at) => {
    const [, member] = MEMBER.exec(line) ?? [];
    if (member === undefined || HIDDEN.test(line) || lines[at - 1]?.endsWith('*/')) return [];
    return [`${file}: ${name}.${member}`];
  });
  return before.endsWith('*/') ? members : [`${file}: ${name}`, ...members];
}

test('every export, and every member of one, has a docstring', async () => {
  const missing = exported.map(async (one) => undocumented(one, await readFile(join(folder, one.file), 'utf8')));
  expect((await Promise.all(missing)).flat()).toEqual([]);
  expect(exported.length).toBeGreaterThan(50);
});

test('a docstring that is not there is missed', () => {
  const source = '/** Says. */\nexport interface Some {\n  /** One. */\n  readonly one: string;\n  two(): void;\n}\n';
  expect(undocumented({ name: 'Some', file: 'some.ts' }, source)).toEqual(['some.ts: Some.two']);
  expect(undocumented({ name: 'Some', file: 'some.ts' }, source.slice(13))).toEqual([
    'some.ts: Some',
    'some.ts: Some.two',
  ]);
});
