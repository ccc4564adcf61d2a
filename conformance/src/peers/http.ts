import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

const ANSWER_MS = 15_000;

/** An HTTP answer, as it came. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
}

export interface HttpCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Milliseconds for the whole answer. Default 15,000. */
  readonly withinMs?: number;
}

/**
 * One HTTP call. The path goes out as it is written: `fetch` would tidy it. Rejects when no answer comes.
 */
export function call(
  url: string,
  { method = 'GET', headers = {}, body, withinMs = ANSWER_MS }: HttpCall = {},
): Promise<HttpAnswer> {
  const [origin, path] = split(url);
  const { protocol, hostname, port } = new URL(origin);
  const request = protocol === 'https:' ? secureRequest : plainRequest;
  const content = body === undefined ? undefined : Buffer.from(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path,
        method,
        agent: false,
        signal: AbortSignal.timeout(withinMs),
        headers: { ...(content === undefined ? {} : { 'Content-Length': content.length }), ...headers },
      },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.once('error', reject);
        incoming.once('end', () => {
          const whole = Buffer.concat(pieces);
          resolve({
            status: incoming.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(incoming.headers).map(([name, value]) => [
                name,
                Array.isArray(value) ? value.join(', ') : (value ?? ''),
              ]),
            ),
            body: whole,
            text: whole.toString('utf8'),
          });
        });
      },
    );
    // A socket may fail again after it failed: only the first counts.
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}

/** The value of a JSON answer. Throws when it is none. */
export function json(answer: HttpAnswer): Record<string, unknown> {
  const value: unknown = JSON.parse(answer.text);
  if (typeof value !== 'object' || value === null) throw new Error('The answer is no JSON object.');
  return { ...value };
}

export function bearer(token: string): { readonly Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

function split(url: string): readonly [string, string] {
  const slash = url.indexOf('/', url.indexOf('//') + 2);
  return slash < 0 ? [url, '/'] : [url.slice(0, slash), url.slice(slash)];
}
