import type { MessageBody } from './message-body.ts';

/** One call of the REST API on a hub (rest-api 4.1). */
export interface RestCall {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Behind the hub's name, escaped. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly body?: MessageBody;
  /** Default: the version that every service has. */
  readonly apiVersion?: string;
  /** Once or twice, it comes to the same: it may be repeated when nobody knows whether it was done. */
  readonly isRepeatable: boolean;
  /** The error code of a 404 that is no failure: what the call names is not there. */
  readonly missing?: string;
  /** Default: the client's. Milliseconds. */
  readonly timeoutMs?: number;
}

/** What a call came to, if it did not fail. */
export type RestAnswer = { readonly found: true; readonly text: string } | { readonly found: false };
