import { parseNegotiateResponse } from '@signalite/protocol';
import { WebSocket } from 'ws';
import { Inbound } from './inbound.ts';
import { observedWebSocket } from './observed-web-socket.ts';
import { within } from './within.ts';

export interface RawActorOptions {
  /** How inbound messages are read. Default `json`. */
  readonly protocol?: 'json' | 'messagepack';
  readonly query?: Readonly<Record<string, string>>;
}

/** A client that says what a scenario tells it to, byte by byte. */
export class RawActor {
  readonly name: string;
  readonly inbound: Inbound;
  readonly id: string;
  readonly #webSocket: WebSocket;
  readonly #closed: Promise<void>;

  private constructor(name: string, inbound: Inbound, { webSocket, id }: { webSocket: WebSocket; id: string }) {
    this.name = name;
    this.inbound = inbound;
    this.id = id;
    this.#webSocket = webSocket;
    this.#closed = new Promise((resolve) => {
      webSocket.once('close', (code, reason) => {
        inbound.closed(code, reason.toString());
        resolve();
      });
    });
  }

  /** Negotiates, follows the redirect if there is one, and opens the WebSocket. No hub handshake. */
  static async connect(name: string, hubUrl: string, options: RawActorOptions): Promise<RawActor> {
    const { protocol = 'json', query = {} } = options;
    const url = new URL(hubUrl);
    for (const [key, value] of Object.entries({ name, ...query })) url.searchParams.set(key, value);
    const place = await within(`${name} negotiates`, negotiated(url));
    const inbound = new Inbound(protocol === 'json');
    const Observed = observedWebSocket(inbound, () => undefined);
    const headers = place.token === undefined ? {} : { authorization: `Bearer ${place.token}` };
    const webSocket = new Observed(place.url.href.replace('http', 'ws'), undefined, { headers });
    const opened = new Promise<void>((resolve, reject) =>
      webSocket.once('open', () => resolve()).once('error', reject),
    );
    await within(`${name} connects`, opened);
    return new RawActor(name, inbound, { webSocket, id: place.connectionId });
  }

  /** One WebSocket message. */
  send(data: string | Uint8Array): void {
    this.#webSocket.send(data);
  }

  /** Waits for a hub message that holds a text. */
  async got(part: string): Promise<void> {
    await within(`${this.name} gets ${part}`, this.inbound.holds(part));
  }

  async closed(): Promise<void> {
    await within(`${this.name} is closed`, this.#closed);
  }

  async stop(): Promise<void> {
    if (this.#webSocket.readyState === WebSocket.OPEN) this.#webSocket.close();
    await this.closed();
  }
}

interface Place {
  readonly url: URL;
  readonly token: string | undefined;
  readonly connectionId: string;
}

async function negotiated(url: URL, token?: string): Promise<Place> {
  const target = new URL(url);
  target.pathname = `${target.pathname.replace(/\/$/, '')}/negotiate`;
  if (!target.searchParams.has('negotiateVersion')) target.searchParams.set('negotiateVersion', '1');
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = parseNegotiateResponse(await (await fetch(target, { method: 'POST', headers })).text());
  if (answer.kind === 'redirect') return negotiated(new URL(answer.url), answer.accessToken);
  if (answer.kind === 'error') throw new Error(answer.error);
  const { connectionId, connectionToken } = answer;
  url.searchParams.set('id', connectionToken);
  return { url, token, connectionId };
}
