// The tokens of one endpoint (service-protocol 2, 11).

/** What a token says. */
export interface TokenContent {
  readonly audience: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds. Default: the endpoint's. */
  readonly lifetimeMs?: number;
}

/** A key for client tokens that the service handed out. */
export interface IssuedKey {
  readonly keyId: string;
  readonly accessKey: string;
}

/** Keys that come over server connections to an app that signed in with Microsoft Entra. */
export interface IssuedKeys {
  /** What a request for a key carries. Rejects with `sign-in-failed`. */
  bearer(): Promise<string>;
  /** A key came: client tokens are signed with it from now on. */
  accept(key: IssuedKey): void;
}

/** Makes the tokens of one endpoint. */
export interface EndpointTokens {
  /**
   * What a server connection or a REST call carries: a token of this content, or the app's Microsoft Entra token.
   * `signal` ends the waiting. Rejects with a `SignalRServerError` (`sign-in-failed`).
   */
  forServer(content: TokenContent, signal?: AbortSignal): Promise<string>;
  /** What a client carries. Rejects with a `SignalRServerError` (`sign-in-failed`). */
  forClient(content: TokenContent): Promise<string>;
  /** Undefined for an endpoint with an access key. */
  readonly issuedKeys: IssuedKeys | undefined;
}
