import {
  type DecodedHubMessage,
  encodeHandshakeResponse,
  type HubProtocol,
  type InvocationMessage,
  ProtocolError,
  type StreamInvocationMessage,
} from '@signalite/protocol';
import type { ServiceLimits } from '../config/limits.ts';
import type { ResultRoute } from '../hub/hub-member.ts';
import type { HubLane } from '../hub/hub-operations.ts';
import type { ClientOpening, LinkedClient, ServerLink } from '../hub/server-link.ts';
import { type CloseReason, CloseReasons } from '../lifetime/close-reasons.ts';
import type { ServiceEvents } from '../log/events.ts';
import { HubFrameStream } from '../outbound/hub-frame-stream.ts';
import { isTextProtocol } from '../outbound/outbound-record.ts';
import type { ServerlessTimes } from '../settings/resource-settings.ts';
import type { Upstream, UpstreamClient } from '../upstream/upstream.ts';
import { OrderedWork } from './ordered-work.ts';
import { readServerlessHandshake } from './serverless-handshake.ts';
import { upstreamCompletion } from './upstream-completion.ts';
import type { WorkCounter } from './work-counter.ts';

const NO_STREAMS = 'Streaming is not supported in Serverless mode.';

/** What all serverless clients of one hub share. */
export interface ServerlessContext {
  readonly hubKey: string;
  readonly lane: HubLane;
  readonly limits: ServiceLimits;
  /** In force now: they are settings of the resource. */
  readonly times: () => ServerlessTimes;
  readonly events: ServiceEvents;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Where messages go; undefined: nowhere, as in Classic mode. Asked anew for each: the mode may change. */
  readonly upstream: () => Upstream | undefined;
  /** Counts the calls of all clients to the upstream. */
  readonly work: WorkCounter;
  /** Hand StreamInvocations on like invocations, instead of refusing them. */
  readonly forwardsStreams: boolean;
}

type State =
  | { readonly name: 'new' }
  | {
      readonly name: 'open';
      readonly about: UpstreamClient;
      readonly protocol: HubProtocol;
      readonly frames: HubFrameStream;
    }
  | { readonly name: 'ended' };

type Open = Extract<State, { name: 'open' }>;

/** Messages of a client by type; what is not listed is nobody's business. */
type Handlers = {
  readonly [T in DecodedHubMessage['type']]?: (
    link: ServerlessLink,
    message: Extract<DecodedHubMessage, { type: T }>,
    frame: Frame,
  ) => void;
};

/** A message with its frame, and without. */
interface Frame {
  readonly whole: Buffer;
  readonly body: Buffer;
}

/**
 * The service itself at the other end of a client: it answers the hub handshake, pings, and hands invocations to the
 * upstream (upstream-and-emulator 2).
 */
export class ServerlessLink implements ServerLink {
  readonly answeredBy = { to: 'serverless' } as const;
  readonly #context: ServerlessContext;
  readonly #client: LinkedClient;
  readonly #work: OrderedWork;
  #state: State = { name: 'new' };
  #nextPingAt = 0;
  /** Set by the client's first ping. */
  #silentUntil: number | undefined;
  #isPaused = false;

  constructor(client: LinkedClient, context: ServerlessContext) {
    this.#client = client;
    this.#context = context;
    this.#work = new OrderedWork(context.work);
  }

  open({ claims, queryString }: ClientOpening, handshakeRequest: Buffer): void {
    const { connectionId, userId } = this.#client;
    const about = { hub: this.#context.hubKey, connectionId, userId, claims, queryString };
    this.#answerHandshake(about, handshakeRequest);
  }

  send(bytes: Uint8Array): void {
    const state = this.#state;
    if (state.name === 'open') this.#read(state, bytes);
  }

  clientReturned(): void {
    // Stateful reconnect is not offered here.
  }

  close(error: string): void {
    this.#ended(error === '' ? undefined : error);
  }

  expectResult(): ResultRoute {
    return 'other-server';
  }

  sweep(now: number, hasWritten: boolean): void {
    const state = this.#state;
    if (state.name !== 'open') return;
    const { keepAliveMs, clientTimeoutMs } = this.#context.times();
    // A change of the times holds for what is planned already.
    this.#nextPingAt = Math.min(this.#nextPingAt, now + keepAliveMs);
    if (this.#silentUntil !== undefined) this.#silentUntil = Math.min(this.#silentUntil, now + clientTimeoutMs);
    if (hasWritten) this.#nextPingAt = now + keepAliveMs;
    else if (this.#nextPingAt <= now && !this.#client.isPolling) {
      this.#nextPingAt = now + keepAliveMs;
      this.#client.linkReceived(state.protocol.encode({ type: 6 }), 1, false);
    }
    if (this.#silentUntil === undefined || this.#client.isPolling) return;
    // Who is not read cannot be heard.
    if (this.#isPaused) this.#silentUntil = now + clientTimeoutMs;
    else if (this.#silentUntil <= now) this.end(CloseReasons.clientTimedOut);
  }

  // What its handlers use

  /** The client's ping: from now on its silence counts. */
  pinged(): void {
    this.#silentUntil = this.#context.now() + this.#context.times().clientTimeoutMs;
  }

  /** Ends the client. `error`: what the upstream is told. */
  end(reason: CloseReason, error?: string): void {
    if (!this.#ended(error ?? (reason.serverText === '' ? undefined : reason.serverText))) return;
    this.#client.linkLost(reason);
  }

  completed(invocationId: string, frame: Buffer): void {
    const { lane } = this.#context;
    const payload = { kind: 'completed', protocol: this.#client.hubProtocol, payload: Buffer.from(frame) } as const;
    lane.completeInvoke(invocationId, this.#client.connectionId, payload);
  }

  invoked(message: InvocationMessage | StreamInvocationMessage, { body }: Frame): void {
    const state = this.#state;
    if (state.name !== 'open') return;
    if (this.#context.upstream() === undefined) this.end(CloseReasons.nobodyListens);
    else if (message.type === 4 && !this.#context.forwardsStreams) {
      this.#write(state.protocol.encode({ type: 3, invocationId: message.invocationId, error: NO_STREAMS }));
    } else {
      // What came is valid during the call only.
      const kept = Buffer.from(body);
      this.#add(() => this.#callUpstream(state, message, kept));
    }
  }

  #answerHandshake(about: UpstreamClient, request: Uint8Array): void {
    const reading = readServerlessHandshake(request);
    if ('error' in reading) {
      this.#state = { name: 'ended' };
      this.#client.linkAnsweredHandshake(encodeHandshakeResponse(reading.error));
      this.#client.linkClosed('');
      return;
    }
    const { protocol } = reading;
    this.#state = { name: 'open', about, protocol, frames: new HubFrameStream(isTextProtocol(protocol.name)) };
    this.#nextPingAt = this.#context.now() + this.#context.times().keepAliveMs;
    this.#client.linkAnsweredHandshake(encodeHandshakeResponse());
    this.#add(async () => this.#context.upstream()?.connected(about));
  }

  #read(state: Open, bytes: Uint8Array): void {
    const { limits, now, times } = this.#context;
    if (this.#silentUntil !== undefined) this.#silentUntil = now() + times().clientTimeoutMs;
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const { all, frame, whole } of state.frames.read(chunk)) {
      this.#handle(state.protocol, { whole, body: all.subarray(frame.body, frame.bodyEnd) });
      if (this.#state !== state) return;
    }
    if (state.frames.pendingBytes > limits.clientMessageBytes) this.end(CloseReasons.clientMessageTooLarge);
  }

  #handle(protocol: HubProtocol, frame: Frame): void {
    try {
      const reader = protocol.createReader();
      reader.push(frame.whole);
      const message = reader.next();
      // An empty frame is none.
      if (message !== undefined) handle<DecodedHubMessage['type']>(this, message, frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.end(CloseReasons.hubMessageMalformed);
    }
  }

  async #callUpstream(
    { about, protocol }: Open,
    message: InvocationMessage | StreamInvocationMessage,
    body: Buffer,
  ): Promise<void> {
    const { invocationId = '', target } = message;
    const upstream = this.#context.upstream();
    if (upstream === undefined) return;
    const hubProtocol = protocol.name === 'json' ? 'json' : 'messagepack';
    const answer = await upstream.message(about, { target, hubProtocol, body, isInvoke: invocationId !== '' });
    if (invocationId === '') return;
    const noMatch = `Invocation failed, no upstream matches hub '${about.hub}', category 'messages', event '${target}'.`;
    const { frame, invalid } = upstreamCompletion(answer, protocol, { invocationId, noMatch });
    if (invalid !== undefined) this.#tellInvalid(invalid);
    this.#write(frame);
  }

  #tellInvalid(reason: string): void {
    const { events, hubKey } = this.#context;
    events.emit({ name: 'upstreamAnswerInvalid', hub: hubKey, connectionId: this.#client.connectionId, reason });
  }

  #write(frame: Uint8Array): void {
    if (this.#state.name === 'open') this.#client.linkReceived(frame, 1, false);
  }

  /** False: it was over before. The upstream hears of the end after everything else. */
  #ended(error: string | undefined): boolean {
    const state = this.#state;
    if (state.name === 'ended') return false;
    this.#state = { name: 'ended' };
    if (state.name === 'open') this.#add(async () => this.#context.upstream()?.disconnected(state.about, error));
    return true;
  }

  /** A client that calls faster than the upstream answers is not read for a while. */
  #add(work: () => Promise<void>): void {
    const { limits, events } = this.#context;
    this.#work.add(async () => {
      try {
        await work();
      } catch (error) {
        events.emit({
          name: 'fault',
          where: 'upstream',
          message: error instanceof Error ? error.message : String(error),
        });
      }
      if (!this.#isPaused || this.#work.waiting > limits.upstreamCalls / 2) return;
      this.#isPaused = false;
      this.#client.linkResumed();
    });
    if (this.#isPaused || this.#work.waiting < limits.upstreamCalls || this.#state.name !== 'open') return;
    this.#isPaused = true;
    this.#client.linkPaused();
  }
}

const HANDLERS: Handlers = {
  1: (link, message, frame) => link.invoked(message, frame),
  3: (link, { invocationId }, { whole }) => link.completed(invocationId, whole),
  4: (link, message, frame) => link.invoked(message, frame),
  6: (link) => link.pinged(),
  7: (link, { error }) => link.end(CloseReasons.clientSaidClose, error),
};

/** Each type's own function: the table is typed, so the pairing of type and function holds by construction. */
function handle<T extends DecodedHubMessage['type']>(
  link: ServerlessLink,
  message: Extract<DecodedHubMessage, { type: T }>,
  frame: Frame,
): void {
  const handler: Handlers[T] = HANDLERS[message.type as T];
  handler?.(link, message, frame);
}
