import type { HttpAnswer } from '../peers/http.ts';
import type { Fault } from './fault.ts';

/** Changes the JSON of successful answers whose path begins so. */
export function changedJson(
  path: string,
  change: (body: Readonly<Record<string, unknown>>) => unknown,
): NonNullable<Fault['answer']> {
  return (answer, { url }) => {
    if (!url.startsWith(path) || answer.status !== 200) return answer;
    return withText(answer, JSON.stringify(change(JSON.parse(answer.text) as Record<string, unknown>)));
  };
}

export function withText(answer: HttpAnswer, text: string): HttpAnswer {
  return { ...answer, text, body: Buffer.from(text) };
}
