/** Where a service is, and its key (service-protocol 1). */
export interface Endpoints {
  /** Without a trailing slash. */
  readonly client: string;
  readonly server: string;
  /** Scheme and host without the port: what audiences begin with. */
  readonly audienceBase: string;
  readonly accessKey: string;
}

/** Throws an Error whose text says what is wrong. */
export function readConnectionString(text: string): Endpoints {
  const values = new Map<string, string>();
  for (const segment of text.split(';')) {
    const equals = segment.indexOf('=');
    if (equals < 0) continue;
    values.set(segment.slice(0, equals).trim().toLowerCase(), segment.slice(equals + 1).trim());
  }
  const endpoint = values.get('endpoint');
  const accessKey = values.get('accesskey');
  if (endpoint === undefined || !URL.canParse(endpoint))
    throw new Error('The connection string has no Endpoint=https://….');
  if (accessKey === undefined)
    throw new Error('The connection string has no AccessKey: the suite signs its own tokens.');
  const url = new URL(endpoint);
  const audienceBase = `${url.protocol}//${url.hostname}/`;
  if (values.has('port')) url.port = values.get('port') ?? '';
  const own = trimmed(url.href);
  const client = trimmed(values.get('clientendpoint') ?? own);
  return { client, server: trimmed(values.get('serverendpoint') ?? own), audienceBase, accessKey };
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}
