import { queryValues } from '../http/request-target.ts';
import { invalidRequest } from './rest-problem.ts';

const INT32_MAX = 2_147_483_647;

/** What a call may bring in its query. */
export type QueryName =
  | 'application'
  | 'completed'
  | 'continuationToken'
  | 'error'
  | 'excluded'
  | 'filter'
  | 'maxpagesize'
  | 'minutesToExpire'
  | 'reason'
  | 'top'
  | 'ttl'
  | 'userId';

/** The query of a call. Names compare without case; of several values the first counts, and an empty one is none. */
export class CallQuery {
  readonly #raw: string;

  /** `raw`: as it came, without the question mark. */
  constructor(raw: string) {
    this.#raw = raw;
  }

  text(name: QueryName | 'api-version'): string | undefined {
    return this.texts(name)[0];
  }

  texts(name: QueryName | 'api-version'): string[] {
    return queryValues(this.#raw, name.toLowerCase()).filter((value) => value !== '');
  }

  /** A whole number within bounds, both included. Throws `RestProblem`. */
  integer(name: QueryName, least: number, most: number = INT32_MAX): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw invalidRequest(`The query parameter '${name}' must be a whole number from ${least} to ${most}.`, name);
  }

  /** `true` or `false`, without case. Throws `RestProblem`. */
  flag(name: QueryName): boolean {
    const text = this.text(name)?.toLowerCase() ?? 'false';
    if (text !== 'true' && text !== 'false') {
      throw invalidRequest(`The query parameter '${name}' must be true or false.`, name);
    }
    return text === 'true';
  }
}
