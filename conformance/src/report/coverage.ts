import type { Check } from '../check.ts';

/** A Markdown table: each section that checks come from, with their ids. */
export function coverageTable(checks: readonly Check[]): string {
  const bySource = new Map<string, string[]>();
  for (const { source, id } of checks) bySource.set(source, [...(bySource.get(source) ?? []), id]);
  const rows = [...bySource]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([source, ids]) => `| ${source} | ${ids.map((id) => `\`${id}\``).join('<br>')} |`);
  return ['| section | checks |', '|---|---|', ...rows].join('\n');
}
