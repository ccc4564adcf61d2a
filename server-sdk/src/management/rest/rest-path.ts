// Paths of the REST API below the hub's name (rest-api 4.1). Ids may hold anything: each is escaped on its own.

export function connectionPath(connectionId: string, rest = ''): string {
  return `/connections/${segment(connectionId)}${rest}`;
}

export function groupPath(group: string, rest = ''): string {
  return `/groups/${segment(group)}${rest}`;
}

export function userPath(userId: string, rest = ''): string {
  return `/users/${segment(userId)}${rest}`;
}

/** Throws a `TypeError` for what no URL can say. */
function segment(text: string): string {
  if (text === '.' || text === '..') {
    throw new TypeError(`'${text}' cannot be sent over REST: in URLs it means a folder. Use the persistent transport.`);
  }
  return escapeText(text);
}

/** Throws a `TypeError` for a text that is none. */
export function escapeText(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new TypeError('An id, a name or a reason holds half of a character (a lone surrogate).');
  }
}
