import { bearer, call, type HttpAnswer } from './http.ts';

/** A connection that was negotiated and has no transport yet, or one over HTTP. */
export class Negotiated {
  readonly connectionId: string;
  readonly connectionToken: string;
  /** Absolute, with `hub` and `id`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    url: string,
    ids: { readonly connectionId: string; readonly connectionToken: string },
    { token, headers = {} }: { readonly token: string; readonly headers?: Readonly<Record<string, string>> },
  ) {
    this.url = url;
    this.connectionId = ids.connectionId;
    this.connectionToken = ids.connectionToken;
    this.headers = { ...bearer(token), ...headers };
  }

  /** One poll. */
  poll(withinMs?: number): Promise<HttpAnswer> {
    return call(this.url, { headers: this.headers, ...(withinMs === undefined ? {} : { withinMs }) });
  }

  post(body: string | Uint8Array): Promise<HttpAnswer> {
    return call(this.url, { method: 'POST', headers: this.headers, body });
  }

  request(method: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return call(this.url, { method, headers: { ...this.headers, ...headers } });
  }
}
