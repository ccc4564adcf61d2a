/** What a token's `aud` names, without scheme, host and port: those differ legitimately (service-protocol 2.2). */
export interface Audience {
  /** Each segment percent-decoded once, no trailing slash. */
  readonly path: string;
  /** The `hub` query value, lower case. */
  readonly hub: string | undefined;
  readonly host: string;
}

/** What a request demands of its token. */
export interface RequiredAudience {
  readonly path: string;
  /** Compared without case; undefined when the path says it all. */
  readonly hub: string | undefined;
  /** Hosts that a token may name; undefined: any. */
  readonly hosts: readonly string[] | undefined;
}

/** Reads the `aud` claim, a string or a list of them. What is not an absolute URL matches nothing and is left out. */
export function readAudiences(aud: unknown): Audience[] {
  const values = Array.isArray(aud) ? aud : [aud];
  return values.flatMap((value: unknown) => {
    if (typeof value !== 'string' || !URL.canParse(value)) return [];
    const url = new URL(value);
    const hub = url.searchParams.get('hub')?.toLowerCase();
    const path = decodePath(url.pathname);
    return path === undefined ? [] : [{ path, hub, host: url.hostname.toLowerCase() }];
  });
}

/** True when one of the audiences is what the request demands. */
export function matchesAudience(audiences: readonly Audience[], required: RequiredAudience): boolean {
  return audiences.some(
    ({ path, hub, host }) =>
      path === required.path &&
      (required.hub === undefined || hub === required.hub.toLowerCase()) &&
      (required.hosts === undefined || required.hosts.includes(host)),
  );
}

function decodePath(pathname: string): string | undefined {
  const path = pathname.length > 1 && pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
  try {
    return path.split('/').map(decodeURIComponent).join('/');
  } catch {
    return undefined; // a broken escape is no audience of ours
  }
}
