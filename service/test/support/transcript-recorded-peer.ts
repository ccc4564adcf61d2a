import { BinaryFrameReader, writeBinaryFrame } from '@signalite/protocol';
import { decodeServiceMessage, encodeServiceMessage } from '@signalite/protocol/service';
import { WebSocket } from 'ws';
import { within } from '../sdk-scenario/within.ts';
import { fence } from './transcript-fence.ts';
import type { Outcome, TranscriptLine } from './transcript-line.ts';
import { isTold, writeMessage } from './transcript-message.ts';
import type { TranscriptNames } from './transcript-names.ts';
import { writePayload } from './transcript-payload.ts';
import { ClientTraffic, isHubPing, ServerTraffic } from './transcript-traffic.ts';

const CLOSE_MS = 10_000;
const NO_STATUS = 1005;
/** The code of a WebSocket that ended without a close frame. */
export const ABNORMAL = 1006;
const GUID = /-([0-9a-f]{32})-/g;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g;

/** Where peers write down what they do, one thing at a time. */
export interface Recording {
  readonly lines: TranscriptLine[];
  readonly names: TranscriptNames;
  act(deed: () => Promise<void>): void;
}

export interface RecordedPeerOptions {
  readonly isServer: boolean;
  readonly toService: WebSocket;
  readonly recorder: Recording;
}

/** A server connection or a client: its own WebSocket, and the one that goes on to the service. */
export class RecordedPeer {
  readonly #who: string;
  readonly #recording: Recording;
  readonly #toService: WebSocket;
  readonly #said = new BinaryFrameReader();
  readonly #client: ClientTraffic | undefined;
  #toPeer: WebSocket | undefined;
  #isCut = false;

  constructor(who: string, { isServer, toService, recorder }: RecordedPeerOptions) {
    this.#who = who;
    this.#recording = recorder;
    this.#toService = toService;
    const server = isServer ? new ServerTraffic(who, recorder.names) : undefined;
    this.#client = isServer ? undefined : new ClientTraffic(who, recorder.names);
    toService.on('message', (data, isBinary) => {
      if (!Buffer.isBuffer(data)) return;
      this.#got(server?.push(data) ?? this.#client?.push(data, isBinary ? 'binary' : 'text') ?? []);
      this.#toPeer?.send(data, { binary: isBinary });
    });
    toService.on('close', (code) => this.#closedByService(code));
    toService.on('error', () => undefined);
  }

  /** The peer's own WebSocket is open. */
  attach(toPeer: WebSocket): void {
    this.#toPeer = toPeer;
    toPeer.on('message', (data, isBinary) => {
      if (!Buffer.isBuffer(data)) return;
      if (this.#client === undefined) this.#serverSaid(data);
      else this.#clientSaid(data, isBinary);
    });
    toPeer.on('close', (code) => this.#recording.act(() => this.#closedByPeer(code)));
    toPeer.on('error', () => undefined);
  }

  #got(outcomes: readonly Outcome[]): void {
    this.#recording.lines.push(...outcomes);
  }

  #clientSaid(data: Buffer, isBinary: boolean): void {
    this.#client?.said(data);
    this.#forward(data, isBinary, () => {
      if (isHubPing(data)) return undefined;
      const payload = writePayload(this.#recording.names.hideBytes(data));
      return { does: 'say', who: this.#who, kind: isBinary ? 'binary' : 'text', payload };
    });
  }

  #serverSaid(data: Buffer): void {
    this.#said.push(data);
    for (let body = this.#said.next(); body !== undefined; body = this.#said.next()) {
      const own = Buffer.from(body);
      this.#forward(writeBinaryFrame(own), true, () => this.#sending(own));
    }
  }

  #sending(body: Buffer): TranscriptLine | undefined {
    const { names } = this.#recording;
    const message = decodeServiceMessage(body);
    if (!isTold(message) || (message.type === 6 && isHubPing(message.payload))) return undefined;
    nameInventions(body, names);
    const told = writeMessage(message, names);
    const isOurs =
      message.type !== 'unknown' && Buffer.from(encodeServiceMessage(message)).equals(writeBinaryFrame(body));
    const bytes = isOurs ? {} : { bytes: names.hideBytes(body).toString('base64') };
    return { does: 'send', who: this.#who, message: told, ...bytes };
  }

  /** Writes the line, when there is one, and hands the bytes on; waits until the service has read them. */
  #forward(data: Uint8Array, binary: boolean, line: () => TranscriptLine | undefined): void {
    this.#recording.act(async () => {
      if (this.#toService.readyState !== WebSocket.OPEN) return;
      const told = line();
      if (told !== undefined) this.#recording.lines.push(told);
      this.#toService.send(data, { binary });
      await fence(this.#toService);
    });
  }

  async #closedByPeer(code: number): Promise<void> {
    if (this.#toService.readyState !== WebSocket.OPEN) return;
    this.#isCut = code === ABNORMAL;
    this.#recording.lines.push({ does: 'close', who: this.#who, code });
    await endWebSocket(this.#toService, code);
  }

  #closedByService(code: number): void {
    if (this.#isCut) return;
    this.#got([{ gets: 'close', who: this.#who, code }]);
    if (this.#toPeer?.readyState === WebSocket.OPEN) closeWebSocket(this.#toPeer, code);
  }
}

/** Ends a WebSocket as a peer ended its own, and waits for the end. */
export async function endWebSocket(webSocket: WebSocket, code: number): Promise<void> {
  if (webSocket.readyState === WebSocket.CLOSED) return;
  const closed = new Promise<void>((resolve) => webSocket.once('close', () => resolve()));
  closeWebSocket(webSocket, code);
  await within('the end of a WebSocket', closed, CLOSE_MS);
}

function closeWebSocket(webSocket: WebSocket, code: number): void {
  if (code === ABNORMAL) webSocket.terminate();
  else if (code === NO_STATUS) webSocket.close();
  else webSocket.close(code);
}

/** What an app server makes up: GUIDs in ids of client results, times in what apps say. */
function nameInventions(body: Buffer, names: TranscriptNames): void {
  const text = body.toString('latin1');
  for (const [, guid = ''] of text.matchAll(GUID)) names.learnNext(guid, 'guid');
  for (const [time] of text.matchAll(TIME)) names.learnNext(time, 'time');
}
