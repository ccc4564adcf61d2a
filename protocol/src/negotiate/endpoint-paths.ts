// URLs, audiences and hub names of the service (service-protocol 1.3, 1.4, 2.2; rest-api 2.1).

/** Path of client requests below the client endpoint. */
export const CLIENT_PATH = 'client/';
/** Path of server connections below the server endpoint. */
export const SERVER_PATH = 'server/';
/** REST version that current SDKs ask for. */
export const REST_API_VERSION = '2022-06-01';
/** REST version that has the newest calls: results of clients, members of groups. */
export const NEWEST_REST_API_VERSION = '2024-12-01';

/** One hub or application name, as in REST paths: 1 to 128 characters. */
export const HUB_NAME_PART_PATTERN: RegExp = /^[A-Za-z][A-Za-z0-9_`,.[\]]{0,127}$/;
/** The `hub` query of clients and server connections: a hub name, or `application_hub`; up to 257 characters. */
export const HUB_NAME_PATTERN: RegExp = /^[A-Za-z][A-Za-z0-9_`,.[\]]{0,256}$/;
/** What SDKs accept as application name. */
export const APPLICATION_NAME_PATTERN: RegExp = /^[a-zA-Z][a-zA-Z0-9_]*$/;

/** The identity of a hub: `application_hub` or `hub`, in lower case. Hub names compare without case. */
export function hubKey(applicationName: string | undefined, hub: string): string {
  const name = applicationName === undefined || applicationName === '' ? hub : `${applicationName}_${hub}`;
  return name.toLowerCase();
}

/** The `aud` of a client or server token, exactly as SDKs write it. `hub` is a hub key. */
export function audienceFor(audience: 'client' | 'server', audienceBaseUrl: string, hub: string): string {
  return `${audienceBaseUrl}${audience}/?hub=${hub.toLowerCase()}`;
}

/** What an app server adds to the client URL for the sake of the hub it stands for. */
export interface ClientUrlOptions {
  /** Path of the hub on the app server, such as `/chat`. Left out when empty. */
  readonly originalPath?: string;
  /** Query of the negotiate request, with or without `?`. Copied as it is. */
  readonly originalQuery?: string;
  /** Opaque text that joins the negotiate requests of a client. */
  readonly requestId?: string;
}

/** Where a client negotiates and connects. `hub` is a hub key. */
export function clientUrl(clientEndpoint: string, hub: string, options: ClientUrlOptions = {}): string {
  const { originalPath = '', originalQuery = '', requestId } = options;
  const query = [`hub=${encodeURIComponent(hub.toLowerCase())}`];
  if (originalPath !== '') query.push(`asrs.op=${encodeURIComponent(originalPath)}`);
  const copied = originalQuery.startsWith('?') ? originalQuery.slice(1) : originalQuery;
  if (copied !== '') query.push(copied);
  if (requestId !== undefined) query.push(`asrs_request_id=${encodeURIComponent(requestId)}`);
  return `${clientEndpoint}${CLIENT_PATH}?${query.join('&')}`;
}

/** Who a server connection is. */
export interface ServerUrlOptions {
  /** A GUID, new for every attempt. */
  readonly connectionId: string;
  /** Instance of the service that asked for this connection. */
  readonly target?: string;
}

/** The WebSocket URL of a server connection. `hub` is a hub key. */
export function serverUrl(serverEndpoint: string, hub: string, options: ServerUrlOptions): string {
  const target = options.target === undefined ? '' : `&target=${encodeURIComponent(options.target)}`;
  const endpoint = serverEndpoint.replace(/^http/i, 'ws');
  const name = encodeURIComponent(hub.toLowerCase());
  return `${endpoint}${SERVER_PATH}?hub=${name}&cid=${encodeURIComponent(options.connectionId)}${target}`;
}

/** Which hub a REST call is about. */
export interface RestUrlOptions {
  readonly hub: string;
  readonly applicationName?: string;
  /** What follows the hub name: `/users/bob`, `/:send`. Escaped by the caller. Default: nothing. */
  readonly path?: string;
  /** Default: `REST_API_VERSION`. */
  readonly apiVersion?: string;
}

/**
 * The URL of a REST call on a hub. With `audienceBaseUrl` in place of the server endpoint it is the `aud` of its token.
 */
export function restHubUrl(serverEndpoint: string, options: RestUrlOptions): string {
  const { apiVersion = REST_API_VERSION, applicationName = '', path = '' } = options;
  const application = applicationName === '' ? '' : `application=${encodeURIComponent(applicationName.toLowerCase())}&`;
  const hub = encodeURIComponent(options.hub.toLowerCase());
  return `${serverEndpoint}api/hubs/${hub}${path}?${application}api-version=${apiVersion}`;
}

/** The URL of the health check. */
export function healthUrl(serverEndpoint: string): string {
  return `${serverEndpoint}api/health?api-version=${REST_API_VERSION}`;
}

/** The URL where an app server that signs in with Microsoft Entra gets a signing key. */
export function accessKeyUrl(serverEndpoint: string): string {
  return `${serverEndpoint}api/v1/auth/accessKey`;
}
