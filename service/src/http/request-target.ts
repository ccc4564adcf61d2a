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

/** True for the routes that pages use; `path` as in `RequestTarget`. */
export function isClientPath(path: string): boolean {
  return path === '/client' || path.startsWith('/client/');
}

/**
 * Every value of a query parameter; names compare without case, as in ASP.NET Core (client-protocol 1.3). Only what is
 * asked for is decoded: a URLSearchParams for each question was a twentieth of what a connect costs.
 */
export function queryValues(rawQuery: string, name: string): string[] {
  const values: string[] = [];
  for (const part of rawQuery.split('&')) {
    if (!isNamed(part, name)) continue;
    const mark = part.indexOf('=');
    values.push(mark < 0 ? '' : decode(part.slice(mark + 1)));
  }
  return values;
}

/** `part`: one `name=value` of a query. */
function isNamed(part: string, name: string): boolean {
  const mark = part.indexOf('=');
  const key = mark < 0 ? part : part.slice(0, mark);
  return (key.length === name.length || key.includes('%')) && decode(key).toLowerCase() === name;
}

/** As URLSearchParams decodes: a plus is a space, and a broken escape stays as it is. */
function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  return new URLSearchParams(`v=${text}`).get('v') ?? text;
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
  const kept = rawQuery.split('&').filter((part) => !isNamed(part, 'access_token'));
  const text = kept.join('&');
  return text === '' ? '' : `?${text}`;
}
