// The least that a service in Default mode can do (service-protocol 4 to 8): clients' bytes to their app server, and
// back by connection, group or all. JSON clients only; no tokens, users, limits, pings or failures.

import type { Duplex } from 'node:stream';
import { type Flushable, flushAtEndOfTurn } from './end-of-turn.ts';
import { StandInReader } from './stand-in-reader.ts';
import { FrameType, frameHeader, MessageReader, readyFrame } from './web-socket-frames.ts';

const FRAME_HEADER_MAX_BYTES = 10;
const PING_MS = 5000;
const SCRATCH_BYTES = 64 * 1024;
const NIL = Buffer.from([0xc0]);
const EMPTY_MAP = Buffer.from([0x80]);
/** Extensions of OpenConnection that name the hub protocol: newer SDKs need it (service-protocol 7.2). */
const JSON_EXTENSION = Buffer.concat([Buffer.from([0x81, 3]), packText('json')]);
const HANDSHAKE_RESPONSE = Buffer.concat([Buffer.from([0x94, 2]), NIL, EMPTY_MAP, NIL]);
const PING = Buffer.from([0x91, 3]);
const OPEN_HEAD = Buffer.from([0x96, 4]);
const CLOSE_HEAD = Buffer.from([0x95, 5]);
const DATA_HEAD = Buffer.from([0x94, 6]);

/** Everything that is connected. */
export class StandInService {
  readonly clients = new Map<string, StandInClient>();
  readonly groups = new Map<string, Set<StandInClient>>();
  readonly servers: StandInServer[] = [];
  #turn = 0;

  addServer(socket: Duplex): void {
    new StandInServer(socket, this).open();
  }

  /** The next server connection takes the client. False: there is none. */
  addClient(socket: Duplex, id: string, query: string): boolean {
    const server = this.servers[this.#turn++ % this.servers.length];
    if (server === undefined) return false;
    new StandInClient(socket, id, server).open(this, query);
    return true;
  }
}

class StandInClient implements Flushable {
  readonly groups = new Set<Set<StandInClient>>();
  readonly #socket: Duplex;
  readonly #id: string;
  readonly #packedId: Buffer;
  readonly #server: StandInServer;
  readonly #pending: Buffer[] = [];

  constructor(socket: Duplex, id: string, server: StandInServer) {
    this.#socket = socket;
    this.#id = id;
    this.#packedId = packText(id);
    this.#server = server;
  }

  get id(): string {
    return this.#id;
  }

  open({ clients }: StandInService, query: string): void {
    clients.set(this.#id, this);
    const reader = new MessageReader((payload) => this.#server.sendData(this.#packedId, payload));
    this.#socket.on('data', (chunk: Buffer) => reader.push(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('end', () => this.#socket.destroy());
    this.#socket.on('close', () => {
      clients.delete(this.#id);
      for (const group of this.groups) group.delete(this);
      this.#server.send([CLOSE_HEAD, this.#packedId, NIL, EMPTY_MAP, EMPTY_MAP]);
    });
    this.#server.send([OPEN_HEAD, this.#packedId, EMPTY_MAP, EMPTY_MAP, packText(query), JSON_EXTENSION]);
  }

  send(frame: Buffer): void {
    if (this.#pending.push(frame) === 1) flushAtEndOfTurn(this);
  }

  flush(): void {
    const [first] = this.#pending;
    if (first === undefined) return;
    this.#socket.write(this.#pending.length === 1 ? first : Buffer.concat(this.#pending));
    this.#pending.length = 0;
  }
}

class StandInServer implements Flushable {
  readonly #socket: Duplex;
  readonly #service: StandInService;
  #scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  /** End of what the scratch holds; its start is left free for the header of the frame. */
  #used = 0;
  #rest: Buffer | undefined;

  constructor(socket: Duplex, service: StandInService) {
    this.#socket = socket;
    this.#service = service;
  }

  open(): void {
    const { servers } = this.#service;
    const reader = new MessageReader((payload) => this.#received(payload));
    // App servers leave a service that is silent.
    const pings = setInterval(() => this.send([PING]), PING_MS);
    this.#socket.on('data', (chunk: Buffer) => reader.push(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('end', () => this.#socket.destroy());
    this.#socket.on('close', () => {
      clearInterval(pings);
      const index = servers.indexOf(this);
      if (index >= 0) servers.splice(index, 1);
    });
  }

  /** One service message in parts, behind its length. */
  send(parts: readonly Buffer[]): void {
    let size = 0;
    for (const part of parts) size += part.length;
    let at = this.#reserve(size + 5);
    let rest = size;
    for (; rest > 0x7f; rest >>= 7) this.#scratch[at++] = (rest & 0x7f) | 0x80;
    this.#scratch[at++] = rest;
    for (const part of parts) at += part.copy(this.#scratch, at);
    this.#used = at;
  }

  sendData(packedId: Buffer, payload: Buffer): void {
    this.send([DATA_HEAD, packedId, binHeader(payload.length), payload, EMPTY_MAP]);
  }

  flush(): void {
    if (this.#used <= FRAME_HEADER_MAX_BYTES) return;
    const header = frameHeader(FrameType.Binary, this.#used - FRAME_HEADER_MAX_BYTES);
    const start = FRAME_HEADER_MAX_BYTES - header.length;
    header.copy(this.#scratch, start);
    // A copy of the exact bytes: a socket may send the buffer later, when the scratch holds something else.
    this.#socket.write(Buffer.from(this.#scratch.subarray(start, this.#used)));
    this.#used = 0;
  }

  #reserve(byteLength: number): number {
    if (this.#used === 0) {
      this.#used = FRAME_HEADER_MAX_BYTES;
      flushAtEndOfTurn(this);
    }
    if (this.#scratch.length - this.#used < byteLength) {
      const grown = Buffer.allocUnsafe(Math.max(this.#scratch.length * 2, this.#used + byteLength));
      this.#scratch.copy(grown, 0, 0, this.#used);
      this.#scratch = grown;
    }
    return this.#used;
  }

  #received(next: Buffer): void {
    const chunk = this.#rest === undefined ? next : Buffer.concat([this.#rest, next]);
    this.#rest = undefined;
    let at = 0;
    while (at < chunk.length) {
      let size = 0;
      let body = at;
      let byte = 0x80;
      for (let shift = 0; byte > 0x7f && body < chunk.length; shift += 7) {
        byte = chunk[body++] ?? 0;
        size |= (byte & 0x7f) << shift;
      }
      if (byte > 0x7f || chunk.length - body < size) {
        this.#rest = Buffer.from(chunk.subarray(at));
        return;
      }
      this.#handle(new StandInReader(chunk, body));
      at = body + size;
    }
  }

  #handle(reader: StandInReader): void {
    const { clients, groups, servers } = this.#service;
    reader.array();
    switch (reader.int()) {
      case 1: // HandshakeRequest
        servers.push(this);
        this.send([HANDSHAKE_RESPONSE]);
        break;
      case 3: // Ping
        this.send([PING]);
        break;
      case 6: // ConnectionData
        clients.get(reader.string())?.send(readyFrame(FrameType.Text, reader.bytes()));
        break;
      case 7: // MultiConnectionData
        sendTo(
          reader.strings().flatMap((id) => clients.get(id) ?? []),
          [],
          reader.jsonPayload(),
        );
        break;
      case 10: // BroadcastData
        sendTo(clients.values(), reader.strings(), reader.jsonPayload());
        break;
      case 13: // GroupBroadcastData
        sendTo(groups.get(reader.string()) ?? [], reader.strings(), reader.jsonPayload());
        break;
      case 18: // JoinGroupWithAck
        this.#join(reader.string(), reader.string(), reader.int());
        break;
    }
  }

  #join(connectionId: string, name: string, ackId: number): void {
    const { clients, groups } = this.#service;
    const group = groups.get(name) ?? new Set();
    groups.set(name, group);
    const client = clients.get(connectionId);
    if (client !== undefined) {
      group.add(client);
      client.groups.add(group);
    }
    this.send([Buffer.from([0x95, 20, 0xcd, ackId >> 8, ackId & 0xff, 1]), NIL, EMPTY_MAP]);
  }
}

/** One frame for all. */
function sendTo(clients: Iterable<StandInClient>, except: readonly string[], payload: Buffer): void {
  const frame = readyFrame(FrameType.Text, payload);
  for (const client of clients) if (except.length === 0 || !except.includes(client.id)) client.send(frame);
}

function packText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const head = length < 0x20 ? [0xa0 | length] : length < 0x100 ? [0xd9, length] : [0xda, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), bytes]);
}

function binHeader(length: number): Buffer {
  if (length < 0x100) return Buffer.from([0xc4, length]);
  if (length < 0x1_0000) return Buffer.from([0xc5, length >> 8, length & 0xff]);
  return Buffer.from([0xc6, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff]);
}
