import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { HttpAnswer, HttpRequestOptions } from './http-request.ts';
import type { ServiceAddress } from './service-address.ts';

/** A request with a body whose rest is still to come. */
export class OpenPost implements Disposable {
  readonly answer: Promise<HttpAnswer>;
  readonly #outgoing: ClientRequest;

  private constructor(outgoing: ClientRequest) {
    this.#outgoing = outgoing;
    this.answer = answerTo(outgoing);
    // Whoever waits is told; a test that drops the request does not.
    this.answer.catch(() => undefined);
    outgoing.on('error', () => undefined);
  }

  /** Resolves when the service has the head of the request, and waits for the body. */
  static async start(
    service: ServiceAddress,
    { method = 'POST', path, headers, body }: HttpRequestOptions,
  ): Promise<OpenPost> {
    const outgoing = request({
      host: '127.0.0.1',
      port: service.port,
      method,
      path,
      headers: { ...headers, expect: '100-continue' },
      agent: false,
    });
    const post = new OpenPost(outgoing);
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    if (body !== undefined) post.write(body);
    return post;
  }

  write(part: string | Uint8Array): void {
    this.#outgoing.write(part);
  }

  /** Sends the last part, and gives what is answered. */
  finish(part = ''): Promise<HttpAnswer> {
    this.#outgoing.end(part);
    return this.answer;
  }

  /** Breaks off. */
  [Symbol.dispose](): void {
    this.#outgoing.destroy();
  }
}

async function answerTo(outgoing: ClientRequest): Promise<HttpAnswer> {
  const [response]: IncomingMessage[] = await once(outgoing, 'response');
  if (response === undefined) throw new Error('there is no response');
  const bytes = await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString(), bytes };
}
