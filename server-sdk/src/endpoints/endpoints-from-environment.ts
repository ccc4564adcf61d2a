// Endpoints as an ASP.NET Core app has them in its environment (service-protocol 1.6).
import { SignalRServerError } from '../errors.ts';
import { type EndpointOptions, EndpointType } from './service-endpoint.ts';

/** Settings by name, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where an app looks, and where it looks when there is nothing. Sections of a name are parted by `:`. */
const ROOTS = ['azure:signalr:connectionstring', 'connectionstrings:azure:signalr:connectionstring'] as const;
const TYPES = Object.values(EndpointType);

/**
 * Reads the endpoints of an environment: `Azure__SignalR__ConnectionString`, and one for each name,
 * `Azure__SignalR__ConnectionString__{name}` or `…__{name}__primary|secondary`. `:` may stand for `__`, and case does not
 * matter; `ConnectionStrings__Azure__SignalR__ConnectionString` counts where there is none of the others.
 *
 * @throws SignalRServerError `invalid-options` when there is none.
 */
export function endpointsFromEnvironment(environment: Environment): EndpointOptions[] {
  for (const root of ROOTS) {
    const endpoints = Object.entries(environment).flatMap(([key, value]) => {
      const rest = restOfKey(key.replaceAll('__', ':'), root);
      return rest === undefined || value === undefined || value.trim() === '' ? [] : [endpointNamed(rest, value)];
    });
    if (endpoints.length > 0) return endpoints;
  }
  throw new SignalRServerError(
    'invalid-options',
    'The environment has no Azure__SignalR__ConnectionString. Set it to what the portal shows, or signalite prints.',
  );
}

/** What stands behind the root: nothing, a name, or a name and a type. */
function restOfKey(key: string, root: string): string | undefined {
  if (key.toLowerCase() === root) return '';
  return key.toLowerCase().startsWith(`${root}:`) ? key.slice(root.length + 1) : undefined;
}

/** What is no type is part of the name. */
function endpointNamed(rest: string, connectionString: string): EndpointOptions {
  if (rest === '') return { connectionString };
  const [name = '', written = ''] = rest.split(':');
  const type = TYPES.find((one) => one === written.toLowerCase());
  return type === undefined ? { name: rest, connectionString } : { name, type, connectionString };
}
