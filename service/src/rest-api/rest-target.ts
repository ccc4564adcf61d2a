import { splitPath } from '../auth/audience.ts';

/** Path and query of a call. The path is split before it is decoded: ids may hold an escaped slash (rest-api 0). */
export interface RestTarget {
  /** Decoded segments; undefined when an escape is broken. */
  readonly path: readonly string[] | undefined;
  readonly rawPath: string;
  /** Without the question mark. */
  readonly rawQuery: string;
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** `url`: the request line's target; proxies may write a whole URL. */
export function readRestTarget(url: string): RestTarget {
  const target = url.startsWith('/') ? url : url.replace(ORIGIN, '');
  const mark = target.indexOf('?');
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  return { path: splitPath(rawPath), rawPath, rawQuery: mark < 0 ? '' : target.slice(mark + 1) };
}
