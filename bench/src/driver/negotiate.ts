import http from 'node:http';

const HOPS_MAX = 5;
const SUCCESS_END = 300;
const ANSWER_MS = 30_000;
const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });

/** What negotiate answers, as far as a driver cares. */
interface NegotiateAnswer {
  readonly error?: string;
  readonly url?: string;
  readonly accessToken?: string;
  readonly connectionId?: string;
  readonly connectionToken?: string;
}

/** POSTs and gives the body of a successful answer. */
export function post(url: string | URL, headers: http.OutgoingHttpHeaders, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const withLength = { ...headers, 'content-length': Buffer.byteLength(body) };
    const request = http.request(url, { method: 'POST', agent, headers: withLength }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        if ((response.statusCode ?? SUCCESS_END) < SUCCESS_END) resolve(text);
        else
          reject(new Error(`POST ${new URL(url).pathname} was answered ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    request.on('error', reject);
    request.setTimeout(ANSWER_MS, () => request.destroy(new Error(`POST ${new URL(url).pathname} got no answer.`)));
    request.end(body);
  });
}

/** Follows redirects as a client does; gives the URL of the WebSocket to open. */
export async function negotiate(hubUrl: string, firstToken?: string): Promise<URL> {
  let url = new URL(hubUrl);
  let token = firstToken;
  for (let hop = 0; hop < HOPS_MAX; hop++) {
    const target = new URL(url);
    target.pathname = `${target.pathname.replace(/\/$/, '')}/negotiate`;
    target.searchParams.set('negotiateVersion', '1');
    const answer = readAnswer(await post(target, token === undefined ? {} : { authorization: `Bearer ${token}` }));
    if (answer.url === undefined) {
      url.searchParams.set('id', answer.connectionToken ?? answer.connectionId ?? '');
      if (token !== undefined) url.searchParams.set('access_token', token);
      return url;
    }
    url = new URL(answer.url);
    token = answer.accessToken ?? token;
  }
  throw new Error('Negotiate redirected too often.');
}

function readAnswer(text: string): NegotiateAnswer {
  const answer: NegotiateAnswer = JSON.parse(text);
  if (answer.error !== undefined) throw new Error(`Negotiate was refused: ${answer.error}`);
  return answer;
}
