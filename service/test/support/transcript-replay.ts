import { once } from 'node:events';
import { parseConnectionString, parseNegotiateResponse, writeBinaryFrame } from '@signalite/protocol';
import { encodeServiceMessage } from '@signalite/protocol/service';
import { SignJWT } from 'jose';
import type { Service } from 'signalite';
import { type ClientOptions, WebSocket } from 'ws';
import { httpRequest } from './http-request.ts';
import { Inbox } from './inbox.ts';
import { replyOf } from './transcript-calls.ts';
import { fence } from './transcript-fence.ts';
import { type Deed, isDeed, type Outcome, type TranscriptClaims, type TranscriptLine } from './transcript-line.ts';
import { readMessage } from './transcript-message.ts';
import { TranscriptNames } from './transcript-names.ts';
import { readPayload } from './transcript-payload.ts';
import { ABNORMAL, endWebSocket } from './transcript-recorded-peer.ts';
import { claimsNow, comparableAnswer, TRANSCRIPT_HOST } from './transcript-requests.ts';
import { ClientTraffic, ServerTraffic } from './transcript-traffic.ts';

interface Peer {
  readonly webSocket: WebSocket;
  readonly client: ClientTraffic | undefined;
}

type Sending = Extract<Deed, { does: 'send' }>;
type OtherDeed = Exclude<Deed, Sending>;
type DeedHandlers = { readonly [D in OtherDeed['does']]: (deed: Extract<OtherDeed, { does: D }>) => Promise<void> };

/** Whether service messages travel alone or several in one WebSocket message. */
export type Batching = 'one-by-one' | 'together';

/** Plays the app servers' and the clients' part of a transcript, and compares what the service does with what it did. */
export class TranscriptReplay {
  readonly #service: Service;
  readonly #names = new TranscriptNames();
  readonly #peers = new Map<string, Peer>();
  readonly #tokens = new Map<string, string>();
  readonly #outcomes = new Map<string, Inbox<Outcome>>();

  constructor(service: Service) {
    this.#service = service;
  }

  /**
   * Throws at the first line that went otherwise, with its number. `batching`: what a server connection sends with no
   * deed of another peer in between goes out `together`, in one WebSocket message.
   */
  async play(lines: readonly TranscriptLine[], batching: Batching): Promise<void> {
    const sent = new Set<TranscriptLine>();
    for (const [index, line] of lines.entries()) {
      try {
        if (!isDeed(line)) await this.#compare(line);
        else if (line.does !== 'send') await this.#do(line);
        else if (!sent.has(line)) {
          const batch = batching === 'together' ? batchFrom(lines, index) : [line];
          for (const one of batch) sent.add(one);
          await this.#send(line.who, Buffer.concat(batch.map((one) => this.#frameOf(one))), true);
        }
      } catch (error) {
        throw new Error(`line ${index + 1}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
    await this.#nothingMore();
  }

  [Symbol.dispose](): void {
    for (const { webSocket } of this.#peers.values()) webSocket.terminate();
  }

  readonly #deeds: DeedHandlers = {
    connect: async ({ who, path, headers, claims }) => {
      await this.#open(who, path, { headers: { ...headers, authorization: `Bearer ${await this.#sign(claims)}` } });
    },
    negotiate: async ({ who, path, claims }) => {
      const token = await this.#sign(claims);
      this.#tokens.set(who, token);
      const headers = { authorization: `Bearer ${token}`, host: TRANSCRIPT_HOST };
      const { status, text } = await httpRequest(this.#service, { method: 'POST', path, headers });
      const answer = parseNegotiateResponse(text);
      if (answer.kind === 'connection') {
        this.#names.learn(answer.connectionId, who);
        this.#names.learn(answer.connectionToken, who.replace('client', 'token'));
      }
      this.#got({ gets: 'answer', who, status, body: comparableAnswer(text, this.#names) });
    },
    open: async ({ who, path, headers }) => {
      const authorization = `Bearer ${this.#tokens.get(who) ?? ''}`;
      await this.#open(who, this.#names.reveal(path), {
        headers: { ...headers, authorization, host: TRANSCRIPT_HOST },
      });
    },
    call: async ({ who, method, path, headers, claims, payload }) => {
      const bearer = claims === undefined ? {} : { authorization: `Bearer ${await this.#sign(claims)}` };
      const body = this.#names.revealBytes(readPayload(payload));
      const options = { method, path: this.#names.reveal(path), headers: { ...headers, ...bearer }, body };
      this.#got(replyOf(who, await httpRequest(this.#service, options), this.#names));
    },
    say: async ({ who, kind, payload }) => {
      const bytes = this.#names.revealBytes(readPayload(payload));
      this.#peer(who).client?.said(bytes);
      await this.#send(who, bytes, kind === 'binary');
    },
    close: async ({ who, code }) => {
      const { webSocket } = this.#peer(who);
      // Nobody answers a cut.
      if (code === ABNORMAL) webSocket.removeAllListeners('close');
      await endWebSocket(webSocket, code);
    },
  };

  #do<D extends OtherDeed['does']>(deed: Extract<OtherDeed, { does: D }>): Promise<void> {
    const handler: (deed: Extract<OtherDeed, { does: D }>) => Promise<void> = this.#deeds[deed.does as D];
    return handler(deed);
  }

  #frameOf({ message, bytes }: Sending): Uint8Array {
    return bytes === undefined
      ? encodeServiceMessage(readMessage(message, this.#names))
      : writeBinaryFrame(this.#names.revealBytes(Buffer.from(bytes, 'base64')));
  }

  async #open(who: string, path: string, options: ClientOptions): Promise<void> {
    const webSocket = new WebSocket(`${this.#service.url.replace('http', 'ws')}${path}`, {
      ...options,
      perMessageDeflate: false,
      maxPayload: 0,
    });
    const isServer = who.startsWith('server');
    const server = isServer ? new ServerTraffic(who, this.#names) : undefined;
    const client = isServer ? undefined : new ClientTraffic(who, this.#names);
    this.#peers.set(who, { webSocket, client });
    webSocket.on('message', (data, isBinary) => {
      if (!Buffer.isBuffer(data)) return;
      this.#got(...(server?.push(data) ?? client?.push(data, isBinary ? 'binary' : 'text') ?? []));
    });
    webSocket.on('close', (code) => this.#got({ gets: 'close', who, code }));
    await once(webSocket, 'open');
  }

  async #send(who: string, bytes: Uint8Array, binary: boolean): Promise<void> {
    const { webSocket } = this.#peer(who);
    if (webSocket.readyState !== WebSocket.OPEN) return;
    webSocket.send(bytes, { binary });
    await fence(webSocket);
  }

  #got(...outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) this.#inbox(outcome.who).push(outcome);
  }

  async #compare(expected: Outcome): Promise<void> {
    const text = JSON.stringify(expected);
    const actual = await this.#inbox(expected.who)
      .next()
      .catch(() => undefined);
    if (actual === undefined) throw new Error(`${expected.who} got nothing, it should get\n  ${text}`);
    if (JSON.stringify(actual) !== text) {
      throw new Error(`${expected.who} should get\n  ${text}\nand got\n  ${JSON.stringify(actual)}`);
    }
  }

  async #nothingMore(): Promise<void> {
    for (const { webSocket } of this.#peers.values()) await fence(webSocket);
    for (const [who, { rest }] of this.#outcomes) {
      if (rest.length > 0) throw new Error(`${who} got more than it should: ${JSON.stringify(rest[0])}`);
    }
  }

  #inbox(who: string): Inbox<Outcome> {
    let inbox = this.#outcomes.get(who);
    if (inbox === undefined) {
      inbox = new Inbox(who);
      this.#outcomes.set(who, inbox);
    }
    return inbox;
  }

  #peer(who: string): Peer {
    const peer = this.#peers.get(who);
    if (peer === undefined) throw new Error(`${who} is not connected`);
    return peer;
  }

  #sign(claims: TranscriptClaims): Promise<string> {
    const { auth } = parseConnectionString(this.#service.connectionString);
    if (auth.kind !== 'access-key') throw new Error('an access key is needed');
    const actual: TranscriptClaims = JSON.parse(this.#names.reveal(JSON.stringify(claims)));
    return new SignJWT(claimsNow(actual))
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(new TextEncoder().encode(auth.accessKey));
  }
}

/** What the same server connection sends from here on, until another deed comes. */
function batchFrom(lines: readonly TranscriptLine[], from: number): Sending[] {
  const batch: Sending[] = [];
  for (const line of lines.slice(from)) {
    if (!isDeed(line)) continue;
    if (line.does !== 'send' || (batch[0] !== undefined && line.who !== batch[0].who)) break;
    batch.push(line);
  }
  return batch;
}
