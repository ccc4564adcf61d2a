/** What the app has to know of the service. */
export interface ServiceAddress {
  /** Where clients go; ends in a slash. */
  readonly clientUrl: string;
  /** Where REST calls go; ends in a slash. */
  readonly restUrl: string;
  readonly accessKey: string;
}

/**
 * Reads a connection string with an access key (service-protocol 1.1).
 *
 * @throws Error that says what is missing, and never what is there.
 */
export function readConnectionString(text: string): ServiceAddress {
  const members = new Map(text.split(';').map(memberOf));
  const endpoint = endpointUrl(members, 'Endpoint');
  const accessKey = members.get('accesskey');
  if (endpoint === undefined) throw new Error('The connection string needs an Endpoint, such as http://localhost.');
  if (!accessKey) throw new Error('The connection string needs an AccessKey: this app signs its tokens with it.');
  const port = members.get('port');
  if (port !== undefined) endpoint.port = port;
  return {
    clientUrl: (endpointUrl(members, 'ClientEndpoint') ?? endpoint).href,
    restUrl: (endpointUrl(members, 'ServerEndpoint') ?? endpoint).href,
    accessKey,
  };
}

/** Keys may hold `=`, so the first one separates. */
function memberOf(segment: string): [name: string, value: string] {
  const at = segment.indexOf('=');
  return [segment.slice(0, Math.max(at, 0)).trim().toLowerCase(), segment.slice(at + 1).trim()];
}

function endpointUrl(members: ReadonlyMap<string, string>, name: string): URL | undefined {
  const text = members.get(name.toLowerCase());
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) throw new Error(`The ${name} of the connection string is no URL.`);
  const url = new URL(text);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
