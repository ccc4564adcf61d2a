/** What a token's `aud` names, without scheme and port: those differ legitimately (service-protocol 2.2). */
export interface Audience {
  /** Segments of the path, each percent-decoded once; a trailing slash makes none. */
  readonly path: readonly string[];
  /** The `hub` query value, lower case. */
  readonly hub: string | undefined;
  readonly host: string;
}

/** What a request demands of its token. */
export interface RequiredAudience {
  /** Segments of the path, decoded. */
  readonly path: readonly string[];
  /** Which segment is the name of a hub: it compares without case, all others exactly. */
  readonly hubSegment?: number | undefined;
  /** Value of the `hub` query, compared without case; undefined when the path says it all. */
  readonly hub: string | undefined;
  /** Hosts that a token may name; undefined: any. */
  readonly hosts: readonly string[] | undefined;
}

// Not the path that URL gives: it resolves `%2E%2E`, which may be the name of a user.
const ABSOLUTE_URL = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i;

/** Reads the `aud` claim, a string or a list of them. What is not an absolute URL matches nothing and is left out. */
export function readAudiences(aud: unknown): Audience[] {
  const values = Array.isArray(aud) ? aud : [aud];
  return values.flatMap((value: unknown) => {
    if (typeof value !== 'string' || !URL.canParse(value)) return [];
    const path = splitPath(ABSOLUTE_URL.exec(value)?.[1] ?? '');
    if (path === undefined) return [];
    const url = new URL(value);
    return [{ path, hub: url.searchParams.get('hub')?.toLowerCase(), host: url.hostname.toLowerCase() }];
  });
}

/** True when one of the audiences is what the request demands. */
export function matchesAudience(audiences: readonly Audience[], required: RequiredAudience): boolean {
  return audiences.some(
    ({ path, hub, host }) =>
      matchesPath(path, required) &&
      (required.hub === undefined || hub === required.hub.toLowerCase()) &&
      (required.hosts === undefined || required.hosts.includes(host)),
  );
}

/**
 * Segments of a raw path, split before they are decoded, so that an escaped slash stays in its segment. Undefined for a
 * broken escape.
 */
export function splitPath(rawPath: string): string[] | undefined {
  const path = rawPath.endsWith('/') ? rawPath.slice(0, -1) : rawPath;
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function matchesPath(path: readonly string[], required: RequiredAudience): boolean {
  if (path.length !== required.path.length) return false;
  return required.path.every((segment, index) => {
    const own = path[index];
    if (index !== required.hubSegment) return own === segment;
    return own?.toLowerCase() === segment.toLowerCase();
  });
}
