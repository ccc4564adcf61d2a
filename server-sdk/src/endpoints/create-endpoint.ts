import { SignalRServerError } from '../errors.ts';
import { AccessKeyTokens } from './access-key-tokens.ts';
import type { EndpointTokens } from './endpoint-tokens.ts';
import { EntraTokens } from './entra-tokens.ts';
import { fetchAccessKey } from './fetch-access-key.ts';
import type { EndpointSettings, ServiceEndpoint } from './service-endpoint.ts';
import type { SigningOptions } from './signing-key.ts';

/** The endpoint that the settings describe. */
export function createEndpoint(settings: EndpointSettings, signing: SigningOptions): ServiceEndpoint {
  const { name, type, address } = settings;
  return { name, type, address, tokens: tokensFor(settings, signing) };
}

function tokensFor({ name, address, credential }: EndpointSettings, signing: SigningOptions): EndpointTokens {
  const { accessKey, serverEndpoint } = address;
  if (accessKey !== undefined) return new AccessKeyTokens(accessKey, signing);
  if (credential !== undefined) {
    return new EntraTokens({ ...signing, credential, fetchKey: (bearer) => fetchAccessKey(serverEndpoint, bearer) });
  }
  throw new SignalRServerError('invalid-options', `Endpoint '${name}' has neither access key nor credential.`);
}
