/** A token goes before an `Authorization` of the app: after a redirect only the token is right. */
export function headersWith(token: string | undefined, headers: Readonly<Record<string, string>>): Headers {
  const all = new Headers(headers);
  if (token) all.set('Authorization', `Bearer ${token}`);
  return all;
}
