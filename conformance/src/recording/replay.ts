import { bearer, call, type HttpAnswer } from '../peers/http.ts';
import type { Socket } from '../peers/web-socket.ts';
import { requireEqual, shown } from '../require.ts';
import type { Stage } from '../stage.ts';
import { Violation } from '../violation.ts';
import { encodeServiceMessage } from '../wire/service-message.ts';
import { signToken } from '../wire/token.ts';
import { bytesOf, type Deed, isDeed, type Outcome, type RecordedClaims, type RecordedLine } from './recorded-line.ts';
import { comparableRecorded, wireMessage } from './recorded-message.ts';
import { RecordedNames } from './recorded-names.ts';
import { ClientTraffic, ServerTraffic, type Traffic } from './traffic.ts';

const TIMES: Readonly<Record<string, number>> = { nbf: 0, iat: 0, exp: 3600 };
const TIME = '{time}';
const TRANSPORT = 'WebSockets';
const CLOSE = 'CloseConnection';
const CUT = 1006;
// A close without a code cannot be asked for; 1000 says the same.
const NO_CODE = 1005;

interface Peer {
  readonly socket: Socket;
  readonly traffic: Traffic;
}

type Handlers = { readonly [D in Deed['does']]: (deed: Extract<Deed, { does: D }>) => Promise<void> };

/** Does again what the peers of a recording did, and requires of the target what the service did then. */
export class Replay {
  readonly #stage: Stage;
  readonly #names = new RecordedNames();
  readonly #peers = new Map<string, Peer>();
  readonly #tokens = new Map<string, string>();
  /** Names of clients that their app server closes: whether it is told of their end depends on who was faster. */
  readonly #closedByServer = new Set<string>();
  readonly #answers = new Map<string, HttpAnswer>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async play(lines: readonly RecordedLine[]): Promise<void> {
    for (const line of lines) {
      if ('does' in line && line.does === 'send' && line.message.type === CLOSE) {
        this.#closedByServer.add(String(line.message['connectionId']));
      }
    }
    for (const [index, line] of lines.entries()) {
      try {
        if (isDeed(line)) await this.#do(line);
        else await this.#require(line);
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        throw new Violation(error.expected, `${error.came} (line ${index + 1} of the recording)`);
      }
    }
  }

  readonly #deeds: Handlers = {
    connect: async ({ who, path, headers, claims }) => {
      const socket = await this.#stage.socket(this.#stage.target.serverUrl(path), {
        ...headers,
        ...bearer(this.#sign(claims)),
      });
      this.#peers.set(who, { socket, traffic: new ServerTraffic(socket) });
    },
    negotiate: async ({ who, path, claims }) => {
      const token = this.#sign(claims);
      this.#tokens.set(who, token);
      const url = this.#stage.target.clientUrl(path);
      const answer = await call(url, { method: 'POST', headers: bearer(token) });
      this.#answers.set(who, answer);
      if (answer.status !== 200) return;
      const { connectionId, connectionToken } = JSON.parse(answer.text);
      this.#names.learn(who, String(connectionId));
      this.#names.learn(who.replace('client', 'token'), String(connectionToken ?? connectionId));
    },
    open: async ({ who, path, headers }) => {
      const url = this.#stage.target.clientUrl(this.#names.reveal(path));
      const socket = await this.#stage.socket(url, { ...headers, ...bearer(this.#tokens.get(who) ?? '') });
      this.#peers.set(who, { socket, traffic: new ClientTraffic(socket) });
    },
    say: async ({ who, kind, payload }) => {
      const { socket, traffic } = this.#peer(who);
      const bytes = this.#names.revealBytes(bytesOf(payload));
      traffic.said?.(bytes);
      socket.send(kind === 'text' ? bytes.toString() : bytes);
      await taken(socket);
    },
    send: async ({ who, message }) => {
      const { socket } = this.#peer(who);
      socket.send(
        encodeServiceMessage(wireMessage(this.#revealed(message), (bytes) => this.#names.revealBytes(bytes))),
      );
      await taken(socket);
    },
    call: async ({ who, method, path, headers, claims, payload }) => {
      const token = claims === undefined ? {} : bearer(this.#sign(claims));
      const body = this.#names.revealBytes(bytesOf(payload));
      const options = { method, headers: { ...headers, ...token }, ...(body.length === 0 ? {} : { body }) };
      this.#answers.set(who, await call(this.#stage.target.serverUrl(this.#names.reveal(path)), options));
    },
    close: async ({ who, code }) => {
      const { socket } = this.#peer(who);
      if (code === CUT) socket.drop();
      else socket.close(code === NO_CODE ? undefined : code);
      await socket.endWithin();
    },
  };

  #do<D extends Deed['does']>(deed: Extract<Deed, { does: D }>): Promise<void> {
    const handler: (deed: Extract<Deed, { does: D }>) => Promise<void> = this.#deeds[deed.does as D];
    return handler(deed);
  }

  async #require(line: Outcome): Promise<void> {
    switch (line.gets) {
      case 'answer':
        this.#requireAnswer(line);
        return;
      case 'reply': {
        const answer = this.#answers.get(line.who);
        const code = line.headers['x-ms-error-code'];
        const came = [answer?.status, answer?.headers['x-ms-error-code']];
        requireEqual(`status and error code of ${line.who}`, came, [line.status, code]);
        return;
      }
      case 'close':
        await this.#requireEnd(line);
        return;
      case 'message': {
        if (isEndOf(line.message, this.#closedByServer)) return;
        const closed = new Set([...this.#closedByServer].map((name) => this.#names.reveal(name)));
        const isWanted = (message: Readonly<Record<string, unknown>>) => !isEndOf(message, closed);
        const { traffic } = this.#peer(line.who);
        const came = await traffic.nextMessage(`${line.message.type} for ${line.who}`, isWanted);
        const reveal = (bytes: Uint8Array) => this.#names.revealBytes(bytes);
        requireEqual(`a message for ${line.who}:`, came, comparableRecorded(this.#revealed(line.message), reveal));
        return;
      }
      case 'data': {
        const { traffic } = this.#peer(line.who);
        const bytes = this.#names.revealBytes(bytesOf(line.payload));
        const client = this.#names.reveal(line.client);
        const came = await traffic.nextData(client, bytes.length, `what ${line.client} said`);
        requireEqual(`what ${line.who} gets of ${line.client}`, came.toString('latin1'), bytes.toString('latin1'));
        return;
      }
      case 'hub-message': {
        const { traffic } = this.#peer(line.who);
        const bytes = this.#names.revealBytes(bytesOf(line.payload));
        const came = await traffic.nextHubMessage(`a hub message for ${line.who}: ${shown(bytes.toString())}`);
        requireEqual(`what ${line.who} gets`, came.toString('latin1'), bytes.toString('latin1'));
      }
    }
  }

  #requireAnswer({ who, status, body }: Extract<Outcome, { gets: 'answer' }>): void {
    const answer = this.#answers.get(who);
    requireEqual(`the status of negotiate of ${who}`, answer?.status, status);
    if (status !== 200 || answer === undefined) return;
    requireEqual(`the answer to negotiate of ${who}:`, recordedPart(JSON.parse(answer.text)), this.#revealed(body));
  }

  async #requireEnd({ who, code }: Extract<Outcome, { gets: 'close' }>): Promise<void> {
    const end = await this.#peer(who).socket.endWithin();
    const codes = code === NO_CODE ? [1000, NO_CODE] : [code];
    if (!codes.includes(end.code)) throw new Violation(`the close code ${code} for ${who}`, `${end.code}`);
  }

  #revealed<T>(value: T): T {
    return JSON.parse(this.#names.reveal(JSON.stringify(value)));
  }

  #peer(who: string): Peer {
    const peer = this.#peers.get(who);
    if (peer === undefined) throw new Error(`${who} is not connected.`);
    return peer;
  }

  #sign(claims: RecordedClaims): string {
    const now = Math.floor(Date.now() / 1000);
    const actual = Object.entries(this.#revealed(claims)).map(([name, value]) => [
      name,
      value === TIME ? now + (TIMES[name] ?? 0) : value,
    ]);
    return signToken(this.#stage.target.endpoints.accessKey, Object.fromEntries(actual));
  }
}

/** An answer to negotiate as recordings hold it: with the one transport that their clients use. */
function recordedPart(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { availableTransports } = answer;
  if (!Array.isArray(availableTransports)) return answer;
  return { ...answer, availableTransports: availableTransports.filter(({ transport }) => transport === TRANSPORT) };
}

/** Whether a message tells of the end of one of these clients. */
function isEndOf(message: Readonly<Record<string, unknown>>, clients: ReadonlySet<string>): boolean {
  return message['type'] === CLOSE && clients.has(String(message['connectionId']));
}

/** Waits until the other end has read what was sent to it: it has answered a ping, or is gone. */
async function taken(socket: Socket): Promise<void> {
  socket.ping();
  await Promise.race([socket.pongs.next('a pong'), socket.ended]);
}
