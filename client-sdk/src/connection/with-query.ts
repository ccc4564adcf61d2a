/** Adds to the query of a URL, and leaves the rest of it as it is. */
export function withQuery(url: string, parameter: string): string {
  return url + (url.includes('?') ? '&' : '?') + parameter;
}
