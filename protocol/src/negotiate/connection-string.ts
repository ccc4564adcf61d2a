import { ProtocolError } from '../protocol-error.ts';
import { type ConnectionStringAuth, readAuth, writeAuth } from './connection-string-auth.ts';
import { readSegments } from './connection-string-segments.ts';

// Connection strings of the service (service-protocol 1.1, 1.2).

/** Where the service is and how to sign in to it. */
export interface ConnectionString {
  /** `scheme://host`, with the port unless it is the scheme's own. Names the endpoint in logs. */
  readonly endpoint: string;
  /** Where clients are sent. Ends in `/`. */
  readonly clientEndpoint: string;
  /** Where server connections and REST calls go. Ends in `/`. */
  readonly serverEndpoint: string;
  /** `scheme://host/` of the endpoint, without port and path: what the audience of every token starts with. */
  readonly audienceBaseUrl: string;
  /** The signing key as UTF-8 text, never base64-decoded. Absent when the service is entered with Microsoft Entra. */
  readonly accessKey?: string;
  readonly auth: ConnectionStringAuth;
  readonly version: string;
}

/** What `formatConnectionString` needs; a whole `ConnectionString` will do. */
export interface ConnectionStringParts {
  /** An http or https URL, with its port unless that is the scheme's own. */
  readonly endpoint: string;
  readonly auth: ConnectionStringAuth;
  /** Left out of the text when it is the endpoint itself. */
  readonly clientEndpoint?: string;
  /** Left out of the text when it is the endpoint itself. */
  readonly serverEndpoint?: string;
  /** Default `1.0`. */
  readonly version?: string;
}

const DEFAULT_VERSION = '1.0';
const VERSION_PATTERN = /^1\.\d+(?:[\w-.]+)?$/;

/**
 * Reads `Endpoint=https://…;AccessKey=…;Version=1.0;`.
 *
 * Throws a `ProtocolError` (`invalid-connection-string`) that names the part to mend and never repeats a value.
 */
export function parseConnectionString(text: string): ConnectionString {
  const segments = readSegments(text);
  const endpointText = segments.get('endpoint');
  if (segments.size < 2 || endpointText === undefined) {
    throw invalid('Endpoint is missing. Write it as Endpoint=https://<host>;AccessKey=<key>;Version=1.0;');
  }
  const endpoint = withPort(readUrl('Endpoint', endpointText), segments.get('port'));
  const version = segments.get('version') ?? DEFAULT_VERSION;
  if (!VERSION_PATTERN.test(version)) throw invalid('Version is not supported. Write Version=1.0.');
  const auth = readAuth(segments);
  return {
    endpoint: endpoint.origin,
    clientEndpoint: endpointUrl(segments, 'ClientEndpoint') ?? urlText(endpoint),
    serverEndpoint: endpointUrl(segments, 'ServerEndpoint') ?? urlText(endpoint),
    audienceBaseUrl: `${endpoint.protocol}//${endpoint.hostname}/`,
    ...(auth.kind === 'access-key' ? { accessKey: auth.accessKey } : {}),
    auth,
    version,
  };
}

/** Writes a connection string in the order in which the Azure portal shows it; `Port` when it is not the scheme's. */
export function formatConnectionString(parts: ConnectionStringParts): string {
  const endpoint = readUrl('Endpoint', parts.endpoint);
  const pairs: [string, string][] = [
    ['Endpoint', `${endpoint.protocol}//${endpoint.hostname}${trimSlash(endpoint.pathname)}`],
  ];
  if (endpoint.port !== '') pairs.push(['Port', endpoint.port]);
  pairs.push(...writeAuth(parts.auth), ['Version', parts.version ?? DEFAULT_VERSION]);
  if (parts.clientEndpoint !== undefined && parts.clientEndpoint !== urlText(endpoint)) {
    pairs.push(['ClientEndpoint', parts.clientEndpoint]);
  }
  if (parts.serverEndpoint !== undefined && parts.serverEndpoint !== urlText(endpoint)) {
    pairs.push(['ServerEndpoint', parts.serverEndpoint]);
  }
  return pairs.map(([name, value]) => `${name}=${singleSegment(name, value)};`).join('');
}

function singleSegment(name: string, value: string): string {
  if (value.includes(';')) throw invalid(`${name} must not contain a semicolon: it would end there.`);
  if (value.trim() !== value) throw invalid(`${name} must not start or end with white space: it would be trimmed.`);
  return value;
}

function endpointUrl(
  segments: ReadonlyMap<string, string>,
  name: 'ClientEndpoint' | 'ServerEndpoint',
): string | undefined {
  const text = segments.get(name.toLowerCase());
  return text === undefined ? undefined : urlText(readUrl(name, text));
}

/** Only absolute http(s) URLs; paths are appended to them, so nothing may follow the path. */
function readUrl(name: string, text: string): URL {
  const url = /^https?:\/\//i.test(text) ? tryUrl(text) : undefined;
  if (url === undefined) throw invalid(`${name} must be an absolute http or https URL, such as https://<host>.`);
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw invalid(`${name} must be a plain URL. Remove the user name, query or fragment.`);
  }
  return url;
}

function tryUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function withPort(url: URL, port: string | undefined): URL {
  if (port === undefined) return url;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65535) throw invalid('Port must be a whole number from 1 to 65535.');
  url.port = port;
  return url;
}

function urlText(url: URL): string {
  return `${url.origin}${trimSlash(url.pathname)}/`;
}

function trimSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

function invalid(message: string): ProtocolError {
  return new ProtocolError('invalid-connection-string', `Invalid connection string. ${message}`);
}
