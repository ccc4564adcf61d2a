// The services that an app works with (service-protocol 1.6).
import type { ConnectionString } from '@signalite/protocol';
import type { EndpointCredential } from './credential.ts';
import type { EndpointTokens } from './endpoint-tokens.ts';

/**
 * - `primary`: the app serves its clients, and clients that negotiate here are sent to it.
 * - `secondary`: sends reach its clients, which other app servers serve. Clients that negotiate here are sent to it while
 *   no primary endpoint can be reached.
 */
export const EndpointType = { Primary: 'primary', Secondary: 'secondary' } as const;
export type EndpointType = (typeof EndpointType)[keyof typeof EndpointType];

/** One service of several. */
export interface EndpointOptions {
  /** For routers and logs; no two endpoints have the same. Default: the address. */
  readonly name?: string;
  /** As in the portal, or as signalite prints it. Without `AccessKey` a credential is needed. */
  readonly connectionString: string;
  /** Default `primary`. */
  readonly type?: EndpointType;
  /** For a connection string without access key. Default: the one given for all endpoints. */
  readonly credential?: EndpointCredential;
}

/** An endpoint as it was configured. */
export interface EndpointSettings {
  readonly name: string;
  readonly type: EndpointType;
  readonly address: ConnectionString;
  /** Undefined when the address has an access key. */
  readonly credential: EndpointCredential | undefined;
}

/** An endpoint with what makes its tokens. All hubs of an app share it. */
export interface ServiceEndpoint {
  readonly name: string;
  readonly type: EndpointType;
  readonly address: ConnectionString;
  readonly tokens: EndpointTokens;
}
