// How an app signs in to a service without an access key (service-protocol 11).

/** What a credential is asked for. */
export const SIGNALR_SCOPE = 'https://signalr.azure.com/.default';

/** A Microsoft Entra access token, and when it ends. */
export interface EntraAccessToken {
  /** The bearer token. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

/** What the credentials of `@azure/identity` are: `new DefaultAzureCredential()` fits. */
export interface TokenCredential {
  /** Null and a rejection both mean that there is no token. */
  getToken(scopes: string | string[]): Promise<EntraAccessToken | null>;
}

/** Gives a Microsoft Entra access token for the scope `https://signalr.azure.com/.default`. */
export type AccessTokenCallback = () => Promise<string> | string;

/**
 * Signs the app in with Microsoft Entra: a credential of `@azure/identity`, or a function that gives a token. It is asked
 * again shortly before a token ends, and must answer within 30 seconds.
 */
export type EndpointCredential = AccessTokenCallback | TokenCredential;
