import type { Cost, Feature, ServiceMode } from './check.ts';
import { type Endpoints, readConnectionString } from './wire/connection-string.ts';
import { signToken, type TokenForm, type TokenPayload } from './wire/token.ts';

/** All that is known of what is tested. */
export interface TargetOptions {
  readonly connectionString: string;
  readonly serviceMode: ServiceMode;
  /** What the target offers beyond the common. */
  readonly features: readonly Feature[];
  /** Where the suite listens as the upstream of the target; undefined: the target has no upstream. */
  readonly upstreamUrl?: string | undefined;
  /** Kinds of checks that are asked for although they cost. */
  readonly costs: readonly Cost[];
}

/** The thing behind a connection string. */
export class Target {
  readonly options: TargetOptions;
  readonly endpoints: Endpoints;

  constructor(options: TargetOptions) {
    this.options = options;
    this.endpoints = readConnectionString(options.connectionString);
  }

  /** `https://host/client/?hub=…` or the like, for a path with its query. */
  clientUrl(pathAndQuery: string): string {
    return `${this.endpoints.client}${pathAndQuery}`;
  }

  serverUrl(pathAndQuery: string): string {
    return `${this.endpoints.server}${pathAndQuery}`;
  }

  /** A token for clients of a hub (service-protocol 2.2, 2.4). */
  clientToken(hub: string, claims: TokenPayload = {}, form: TokenForm = {}): string {
    return this.#sign(`client/?hub=${hub.toLowerCase()}`, claims, form);
  }

  /** A token for a server connection of a hub (service-protocol 2.3). */
  serverToken(hub: string, serverId: string, claims: TokenPayload = {}): string {
    return this.#sign(`server/?hub=${hub.toLowerCase()}`, { nameid: serverId, ...claims });
  }

  /** A token for one REST path, `api/hubs/…`, as the Management SDK makes them. */
  restToken(path: string, claims: TokenPayload = {}): string {
    return this.#sign(path.replace(/^\//, ''), claims);
  }

  #sign(audience: string, claims: TokenPayload, form: TokenForm = {}): string {
    return signToken(this.endpoints.accessKey, { aud: `${this.endpoints.audienceBase}${audience}`, ...claims }, form);
  }
}
