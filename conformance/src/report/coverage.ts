import type { Check } from '../check.ts';
import { SECTIONS, type Section } from './sections.ts';

/** The section that a check comes from: `rest-api 0.6` is point 6 of section 0. */
export function sectionOf({ source }: Pick<Check, 'source'>): Section | undefined {
  const [document = '', number = ''] = source.split(' ');
  const isIt = (wanted: string) => (section: Section) => section.document === document && section.number === wanted;
  return SECTIONS.find(isIt(number)) ?? SECTIONS.find(isIt(number.split('.')[0] ?? ''));
}

/** Markdown: each section with its checks, or why it has none; then the statements that no check looks at. */
export function coverageTable(checks: readonly Check[]): string {
  const bySection = new Map<Section, string[]>();
  for (const check of checks) {
    const section = sectionOf(check);
    if (section !== undefined) bySection.set(section, [...(bySection.get(section) ?? []), check.id]);
  }
  const rows = SECTIONS.map((section) => {
    const ids = bySection.get(section);
    const cell = ids === undefined ? (section.withoutChecks ?? 'none') : grouped(ids);
    return `| ${section.document} ${section.number} | ${section.title} | ${ids?.length ?? 0} | ${cell} |`;
  });
  const uncovered = SECTIONS.flatMap(({ document, number, uncovered: some = [] }) =>
    some.map((statement) => `- ${document} ${number}: ${statement}`),
  );
  return [
    '| section | what it is about | checks | which, or why none |',
    '|---|---|---|---|',
    ...rows,
    '',
    'Statements of sections with checks that no check looks at:',
    '',
    ...uncovered,
  ].join('\n');
}

/** Ids that share area and subject in one word: `sends.user.*`. */
function grouped(ids: readonly string[]): string {
  const bySubject = new Map<string, string[]>();
  for (const id of ids) {
    const subject = id.split('.').slice(0, 2).join('.');
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), id]);
  }
  return [...bySubject]
    .map(([subject, all]) => (all.length === 1 ? `\`${all[0]}\`` : `\`${subject}.*\` (${all.length})`))
    .join(', ');
}
