import { type DecodedHubMessage, type HubMessage, type HubProtocol, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { DataMessageType, type ServiceMessage, type ServiceMessageOf } from '@signalite/protocol/service';
import type { RoutedTarget } from '../../src/endpoints/routed-target.ts';
import { createHubCore, type HubCore } from '../../src/hub-core.ts';
import type { HubEntry } from '../../src/hub-registration.ts';
import type { HubDefaults } from '../../src/options.ts';
import type { Outlet, Outlets } from '../../src/server-connection/outlet.ts';
import { LineLog } from './line-log.ts';

const PROTOCOLS = { json: jsonHubProtocol, messagepack: messagePackHubProtocol } as const;
export type ProtocolName = keyof typeof PROTOCOLS;

/** Data for one client, as it goes to the service. */
interface SentData {
  readonly payload: Uint8Array;
  readonly dataType: DataMessageType;
}

/** A server connection that keeps what is sent on it. */
export class FakeOutlet implements Outlet, Outlets {
  readonly endpoint = 'fake';
  isOpen = true;
  isOverfull = false;
  congestion: Promise<void> | undefined;
  readonly endOfTurn = undefined;
  readonly messages: ServiceMessage[] = [];
  readonly data = new Map<string, SentData[]>();

  append(message: ServiceMessage): void {
    this.messages.push(message);
  }

  appendData(packedId: Uint8Array, payload: Uint8Array, dataType: DataMessageType): void {
    const connectionId = new TextDecoder().decode(packedId.subarray(1));
    const sent = this.data.get(connectionId) ?? [];
    this.data.set(connectionId, [...sent, { payload, dataType }]);
  }

  waysTo(_target: RoutedTarget, preferred: Outlet | undefined): readonly Outlet[] {
    return [preferred ?? this];
  }

  waysBeside(_outlet: Outlet, preferred: Outlet | undefined): readonly Outlet[] {
    return [preferred ?? this];
  }

  untilOpen(): Promise<void> {
    return Promise.resolve();
  }

  /** Takes the messages of one type. */
  take<T extends ServiceMessage['type']>(type: T): ServiceMessageOf<T>[] {
    const taken: ServiceMessageOf<T>[] = [];
    for (let index = this.messages.length - 1; index >= 0; index--) {
      const message = this.messages[index];
      if (message !== undefined && isOfType(message, type)) {
        taken.unshift(message);
        this.messages.splice(index, 1);
      }
    }
    return taken;
  }
}

function isOfType<T extends ServiceMessage['type']>(message: ServiceMessage, type: T): message is ServiceMessageOf<T> {
  return message.type === type;
}

/** One hub without sockets: a test is the service and its clients. */
export class HubHarness {
  readonly outlet = new FakeOutlet();
  readonly log = new LineLog();
  readonly core: HubCore;
  /** Milliseconds of the injected clock. */
  now = 0;
  #clients = 0;

  constructor(entry: HubEntry, options: HubDefaults = {}) {
    this.core = createHubCore({
      key: 'testhub',
      entry,
      defaults: options,
      outlets: this.outlet,
      serverName: 'server1',
      now: () => this.now,
      log: this.log,
    });
  }

  /** A client that has done its handshake. */
  connect(protocol: ProtocolName = 'json', opening: Partial<ServiceMessageOf<4>> = {}): HarnessClient {
    const client = this.open(protocol, opening);
    client.sayText(`{"protocol":"${protocol}","version":1}\x1e`);
    const answer = client.handshakeResponse();
    if (answer !== '{}\x1e') throw new Error(`handshake: ${answer}`);
    return client;
  }

  /** A client that has said nothing yet. */
  open(protocol: ProtocolName = 'json', opening: Partial<ServiceMessageOf<4>> = {}): HarnessClient {
    this.#clients += 1;
    const connectionId = `client${this.#clients}`;
    const message = { type: 4, connectionId, claims: [], headers: [], queryString: '', ...opening } as const;
    this.core.clients.open(message, this.outlet);
    return new HarnessClient(this, connectionId, PROTOCOLS[protocol]);
  }

  /** Lets seconds pass for the hub. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.now += 1000;
      this.core.sweep();
    }
  }
}

export class HarnessClient {
  readonly connectionId: string;
  readonly #harness: HubHarness;
  readonly #protocol: HubProtocol;
  #heard = 0;

  constructor(harness: HubHarness, connectionId: string, protocol: HubProtocol) {
    this.#harness = harness;
    this.connectionId = connectionId;
    this.#protocol = protocol;
  }

  say(...messages: readonly HubMessage[]): void {
    this.sayBytes(Buffer.concat(messages.map((message) => this.#protocol.encode(message))));
  }

  sayText(text: string): void {
    this.sayBytes(Buffer.from(text));
  }

  sayBytes(bytes: Uint8Array): void {
    this.#harness.core.clients.find(this.connectionId)?.receive(bytes);
  }

  invoke(target: string, args: readonly unknown[] = [], invocationId = '1'): void {
    this.say({ type: 1, invocationId, target, arguments: args });
  }

  /** The service gives the client to another app server. */
  handOver(serverId: string): void {
    this.#harness.core.clients.find(this.connectionId)?.handOver(serverId);
  }

  /** The service says that the client is gone. */
  leave(): void {
    this.#harness.core.clients.find(this.connectionId)?.leave();
  }

  /** Everything that was sent to this client and not looked at yet, as hub messages. */
  heard(): DecodedHubMessage[] {
    return this.#take().flatMap(({ payload }) => decodeAll(this.#protocol, payload));
  }

  /** The same with what the service was told of it. */
  heardTyped(): { message: DecodedHubMessage | undefined; dataType: DataMessageType }[] {
    return this.#take().map(({ payload, dataType }) => ({ message: decodeAll(this.#protocol, payload)[0], dataType }));
  }

  handshakeResponse(): string {
    const first = this.#harness.outlet.data.get(this.connectionId)?.[this.#heard];
    this.#heard += 1;
    if (first?.dataType !== DataMessageType.Handshake) throw new Error('there is no handshake response');
    return Buffer.from(first.payload).toString();
  }

  /** CloseConnection messages for this client. */
  closings(): ServiceMessageOf<5>[] {
    return this.#harness.outlet.take(5).filter(({ connectionId }) => connectionId === this.connectionId);
  }

  #take(): readonly SentData[] {
    const all = this.#harness.outlet.data.get(this.connectionId) ?? [];
    const fresh = all.slice(this.#heard);
    this.#heard = all.length;
    return fresh;
  }
}

/** What a payload for many clients says to those of one protocol. */
export function decodePayload(payloads: readonly { protocol: string; data: Uint8Array }[], protocol: ProtocolName) {
  const payload = payloads.find((one) => one.protocol === protocol);
  return payload === undefined ? undefined : decodeAll(PROTOCOLS[protocol], payload.data)[0];
}

function decodeAll(protocol: HubProtocol, bytes: Uint8Array): DecodedHubMessage[] {
  const reader = protocol.createReader();
  reader.push(bytes);
  const messages: DecodedHubMessage[] = [];
  for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(message);
  return messages;
}

/** Lets everything that can go on without waiting go on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
