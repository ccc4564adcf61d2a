// The endpoints of an app, which may change while it works (service-protocol 12.2).
import { SignalRServerError } from '../errors.ts';
import { createEndpoint } from './create-endpoint.ts';
import type { EndpointCredential } from './credential.ts';
import { resolveEndpoint } from './resolve-endpoints.ts';
import { type EndpointOptions, type EndpointSettings, EndpointType, type ServiceEndpoint } from './service-endpoint.ts';
import type { SigningOptions } from './signing-key.ts';

export interface AppEndpointsOptions {
  /** Those at the beginning. */
  readonly settings: readonly EndpointSettings[];
  /** For endpoints without a credential of their own. */
  readonly credential: EndpointCredential | undefined;
  readonly signing: SigningOptions;
}

/** Knows which endpoints there are; each method throws a `SignalRServerError` (`invalid-options`) before it changes anything. */
export class AppEndpoints {
  readonly #options: AppEndpointsOptions;
  readonly #byName = new Map<string, ServiceEndpoint>();
  readonly #leaving = new Set<string>();

  constructor(options: AppEndpointsOptions) {
    this.#options = options;
    for (const settings of options.settings) this.#create(settings);
  }

  get all(): readonly ServiceEndpoint[] {
    return [...this.#byName.values()];
  }

  add(endpoint: EndpointOptions): ServiceEndpoint {
    const settings = resolveEndpoint(endpoint, 'endpoint', this.#options.credential);
    const { address, name } = settings;
    if (this.#byName.has(name))
      throw invalid(`There is an endpoint '${name}' already. Remove it first, and await that.`);
    const same = this.all.find((one) => one.address.endpoint === address.endpoint);
    if (same !== undefined)
      throw invalid(`Endpoint '${same.name}' is the same service. Remove it first, and await that.`);
    return this.#create(settings);
  }

  /** It is still there, until `remove`. */
  markLeaving(name: string): void {
    const known = [...this.#byName.keys()].join(', ');
    if (!this.#byName.has(name)) throw invalid(`There is no endpoint '${name}'. Known: ${known}.`);
    if (this.#leaving.has(name)) throw invalid(`Endpoint '${name}' is being removed already.`);
    const others = this.all.filter((one) => one.name !== name && !this.#leaving.has(one.name));
    if (others.every(({ type }) => type !== EndpointType.Primary)) {
      throw invalid(`Endpoint '${name}' is the last primary one. Add another first.`);
    }
    this.#leaving.add(name);
  }

  remove(name: string): void {
    this.#byName.delete(name);
    this.#leaving.delete(name);
  }

  #create(settings: EndpointSettings): ServiceEndpoint {
    const endpoint = createEndpoint(settings, this.#options.signing);
    this.#byName.set(endpoint.name, endpoint);
    return endpoint;
  }
}

function invalid(message: string): SignalRServerError {
  return new SignalRServerError('invalid-options', message);
}
