// Endpoints as they are configured, checked once at the door (service-protocol 1.1, 1.6).
import { type ConnectionString, ProtocolError, parseConnectionString } from '@signalite/protocol';
import { SignalRServerError } from '../errors.ts';
import { endpointGivenTwice } from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import type { EndpointCredential } from './credential.ts';
import { type EndpointOptions, type EndpointSettings, EndpointType } from './service-endpoint.ts';

/** Where an app's services are: in one of two ways. */
export interface EndpointsInput {
  readonly connectionString?: string;
  readonly endpoints?: readonly EndpointOptions[];
  readonly credential?: EndpointCredential;
}

const TYPES: ReadonlySet<string> = new Set(Object.values(EndpointType));

/** Throws a `SignalRServerError` (`invalid-options`) that names the endpoint and what to mend. */
export function resolveEndpoints(input: EndpointsInput, log: Logger): readonly EndpointSettings[] {
  const { connectionString, credential, endpoints } = input;
  if (connectionString !== undefined && endpoints !== undefined) {
    throw invalid('Both connectionString and endpoints are given. Put the connection string into endpoints.');
  }
  if (endpoints === undefined) return [resolveOne(connectionString ?? '', credential)];
  if (endpoints.length === 0) throw invalid('endpoints is empty. Give at least one: [{ connectionString }].');
  const settings = distinct(
    endpoints.map((endpoint, index) => resolveEndpoint(endpoint, `endpoints[${index}]`, credential)),
    log,
  );
  if (settings.every(({ type }) => type !== EndpointType.Primary)) {
    throw invalid('No endpoint is primary: nobody would serve clients. Leave the type of at least one out.');
  }
  return settings;
}

/** One endpoint of several; `place` says where it is in the options. */
export function resolveEndpoint(
  endpoint: EndpointOptions,
  place: string,
  sharedCredential: EndpointCredential | undefined,
): EndpointSettings {
  const { connectionString, name, type = EndpointType.Primary, credential = sharedCredential } = endpoint;
  if (!TYPES.has(type)) throw invalid(`${place}: type '${type}' is not known. Write primary or secondary.`);
  const address = readAddress(connectionString, `${place}.connectionString`);
  return { name: name || address.endpoint, type, address, credential: needed(address, credential, place) };
}

function resolveOne(connectionString: string, credential: EndpointCredential | undefined): EndpointSettings {
  const address = readAddress(connectionString, 'connectionString');
  const type = EndpointType.Primary;
  return { name: address.endpoint, type, address, credential: needed(address, credential, 'connectionString') };
}

/** Names tell endpoints apart; one service twice would get everything twice. */
function distinct(all: readonly EndpointSettings[], log: Logger): EndpointSettings[] {
  const byAddress = new Map<string, EndpointSettings>();
  for (const settings of all) {
    const before = byAddress.get(settings.address.endpoint);
    if (before !== undefined) endpointGivenTwice(log, settings.address.endpoint, [before.name, settings.name]);
    if (before === undefined || (isPrimary(settings) && !isPrimary(before))) {
      byAddress.set(settings.address.endpoint, settings);
    }
  }
  const kept = [...byAddress.values()];
  const names = kept.map(({ name }) => name);
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) throw invalid(`Two endpoints are named '${double}'. Give each a name of its own.`);
  return kept;
}

function isPrimary({ type }: EndpointSettings): boolean {
  return type === EndpointType.Primary;
}

function needed(
  address: ConnectionString,
  credential: EndpointCredential | undefined,
  place: string,
): EndpointCredential | undefined {
  if (address.accessKey !== undefined) return undefined;
  if (credential !== undefined) return credential;
  throw invalid(
    `${place}: there is no AccessKey. Add AccessKey=… to the connection string, or give credential to sign in with Microsoft Entra: new DefaultAzureCredential() of @azure/identity, or a function that gives a token.`,
  );
}

function readAddress(connectionString: string, place: string): ConnectionString {
  try {
    return parseConnectionString(connectionString);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new SignalRServerError('invalid-options', `${place}: ${error.message}`, { cause: error });
  }
}

function invalid(message: string): SignalRServerError {
  return new SignalRServerError('invalid-options', message);
}
