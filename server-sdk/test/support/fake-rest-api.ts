import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inbox } from './inbox.ts';

const KEY = 'a-key-of-at-least-thirty-two-bytes!!';

/** What is answered to one call: an HTTP answer, or something worse. */
export type RestAnswerScript =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The connection is cut before or in the answer. */
  | 'cut'
  /** Nothing is answered. */
  | 'silence'
  /** No HTTP at all. */
  | 'garbage';

/** A call that came. */
export interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly token: string;
}

/** The REST API as a test writes it: each call gets the next answer, and the last one over and over. */
export class FakeRestApi {
  readonly calls = new Inbox<SeenCall>('REST calls');
  readonly #server: Server;
  #answers: RestAnswerScript[] = [{ status: 200 }];

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#answer(request, response);
    });
  }

  static async listen(): Promise<FakeRestApi> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeRestApi(server);
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  get connectionString(): string {
    return `Endpoint=${this.origin};AccessKey=${KEY};Version=1.0;`;
  }

  get accessKey(): Uint8Array {
    return new TextEncoder().encode(KEY);
  }

  answer(...answers: RestAnswerScript[]): void {
    this.#answers = answers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { headers, method = '', url = '' } = request;
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    const [answer = 'cut'] = this.#answers.length > 1 ? this.#answers.splice(0, 1) : this.#answers;
    this.calls.push({ method, url, headers, body: Buffer.concat(chunks), token });
    if (answer === 'silence') return;
    if (answer === 'garbage') request.socket.end('SMTP ready\r\n\r\n');
    else if (answer === 'cut') request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body?.replaceAll('{token}', token));
  }
}
