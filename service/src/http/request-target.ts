/** Path and query of a request, read once. */
export interface RequestTarget {
  /** Lower case, without a trailing slash: routes do not care for either. */
  readonly path: string;
  /** As it came, without the question mark. */
  readonly rawQuery: string;
}

/** `url`: the request line's target, `/path?query`. */
export function readTarget(url: string): RequestTarget {
  const mark = url.indexOf('?');
  const rawPath = (mark < 0 ? url : url.slice(0, mark)).toLowerCase();
  const path = rawPath.length > 1 && rawPath.endsWith('/') ? rawPath.slice(0, -1) : rawPath;
  return { path, rawQuery: mark < 0 ? '' : url.slice(mark + 1) };
}

/** Every value of a query parameter; names compare without case, as in ASP.NET Core (client-protocol 1.3). */
export function queryValues(rawQuery: string, name: string): string[] {
  const values: string[] = [];
  for (const [key, value] of new URLSearchParams(rawQuery)) if (key.toLowerCase() === name) values.push(value);
  return values;
}

/** The first value of a query parameter. */
export function queryValue(rawQuery: string, name: string): string | undefined {
  return queryValues(rawQuery, name)[0];
}

/** The connection token of a transport request. An empty one counts as absent, as in ASP.NET Core. */
export function connectionTokenOf(rawQuery: string): string | undefined {
  const id = queryValue(rawQuery, 'id');
  return id === '' ? undefined : id;
}

/** The query as app servers see it: its own text and order, without the token (service-protocol 7.2). */
export function queryStringWithoutToken(rawQuery: string): string {
  const kept = rawQuery.split('&').filter((part) => !/^access_token(=|$)/i.test(part));
  const text = kept.join('&');
  return text === '' ? '' : `?${text}`;
}
