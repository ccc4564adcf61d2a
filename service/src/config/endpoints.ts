import { formatConnectionString, ProtocolError } from '@signalite/protocol';
import { ServiceStartError } from '../errors.ts';
import { DEFAULT_HOST, DEFAULT_PORT, type ServiceOptions } from './service-options.ts';

/** Addresses that a connection string names besides the one that the service listens on. */
export type Endpoints = Pick<ServiceOptions, 'clientEndpoint' | 'serverEndpoint'>;

/** Throws `ServiceStartError` when one of them is no URL. */
export function endpointsOf({ clientEndpoint, serverEndpoint }: Endpoints): Endpoints {
  return {
    ...(clientEndpoint === undefined ? {} : { clientEndpoint: endpointUrl('client', clientEndpoint) }),
    ...(serverEndpoint === undefined ? {} : { serverEndpoint: endpointUrl('server', serverEndpoint) }),
  };
}

/** Before anything listens: what no connection string can carry is of use to nobody. Throws `ServiceStartError`. */
export function checkConnectionString(host: string, accessKey: string, endpoints: Endpoints): void {
  const url = urlOf('http', host, DEFAULT_PORT);
  if (/[/?#@]/.test(host) || !URL.canParse(url)) {
    throw new ServiceStartError('invalid-option', 'The host must be a name or an IP address, such as localhost.');
  }
  if (accessKey === '') throw new ServiceStartError('invalid-option', 'An access key must not be empty.');
  try {
    connectionStringOf(url, accessKey, endpoints);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ServiceStartError('invalid-option', error.message, { cause: error });
  }
}

export function connectionStringOf(endpoint: string, accessKey: string, endpoints: Endpoints): string {
  return formatConnectionString({ endpoint, auth: { kind: 'access-key', accessKey }, ...endpoints });
}

export function entraConnectionStringOf(endpoint: string, endpoints: Endpoints): string {
  return formatConnectionString({ endpoint, auth: { kind: 'entra', credential: { method: 'default' } }, ...endpoints });
}

/** Peers need a name that they can reach: a wildcard address is none. */
export function urlOf(scheme: 'http' | 'https', host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? DEFAULT_HOST : host;
  return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function endpointUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return url.href;
  const problem = `The ${name} endpoint must be an http or https URL, such as https://signalr.example.com.`;
  throw new ServiceStartError('invalid-option', problem);
}
