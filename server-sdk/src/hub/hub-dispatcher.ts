// Turns hub messages of clients into calls of hub methods, and what those give into answers (client-protocol 3.4-3.10,
// 6.6-6.9).
import type {
  CompletionMessage,
  DecodedHubMessage,
  HubMessage,
  InvocationMessage,
  StreamInvocationMessage,
} from '@signalite/protocol';
import type { ClientProtocol } from '../client-connection/hub-protocols.ts';
import { HubException } from '../errors.ts';
import { type ClientConnectionName, hubMethodFailed, streamCleanupFailed } from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import type { ResolvedHubOptions } from '../options.ts';
import { checkSchema, countRefusal, kindRefusal, withUploads } from './bind-invocation.ts';
import type { ClientActivity } from './client-activity.ts';
import type { ClientResults } from './client-results.ts';
import {
  invocationIdInUse,
  methodDoesNotExist,
  methodFailed,
  noStreamReturned,
  notAuthorized,
  plainMethodStreamed,
  streamFailed,
  streamingMethodInvoked,
} from './error-text.ts';
import { connectedChain, disconnectedChain } from './filter-chains.ts';
import { enterCall, Hub, type HubLifecycle } from './hub.ts';
import { ConnectedCall, HubCall } from './hub-call.ts';
import type { HubFilter, NextConnected, NextDisconnected } from './hub-filter.ts';
import { InvocationCall, type InvocationOwner } from './invocation-call.ts';
import type { MethodTable } from './method-table.ts';
import { discardStream, isStream, ResultStream } from './result-stream.ts';
import { UploadStream } from './upload-stream.ts';

/** A client as the dispatcher sees it. */
export interface DispatchClient extends InvocationOwner {
  readonly name: ClientConnectionName;
  readonly protocol: ClientProtocol | undefined;
  readonly activity: ClientActivity;
  /** The app server that the client went on to. */
  readonly migratedTo: string | undefined;
  /** Undefined while more may be sent at once; otherwise a promise of room. */
  readonly room: Promise<void> | undefined;
  /** Does nothing once the client is gone. Throws when a value cannot be written. */
  send(message: HubMessage): void;
  /** The client pinged: from now on silence means that it is gone. */
  pinged(): void;
  /** The client said goodbye. */
  closedByPeer(error: string | undefined): void;
  /** The client sent what makes no sense. */
  failInput(reason: string): void;
  /** Something that kept the client from being read is over. */
  proceed(): void;
}

/** What the dispatcher of one hub works with. */
export interface HubDispatcherParts {
  readonly methods: MethodTable;
  readonly create: () => HubLifecycle;
  /** The outermost first; those around methods are in `methods`. */
  readonly filters: readonly HubFilter[];
  readonly results: ClientResults;
  readonly options: ResolvedHubOptions;
  readonly log: Logger;
}

type Invocation = InvocationMessage | StreamInvocationMessage;

const NO_BYTES = new Uint8Array(0);
const STREAM_NOT_HANDED_OVER = 'The stream ended because its app server shut down. Start it again.';

/** Runs the methods of one hub. Holds nothing of a client. */
export class HubDispatcher {
  readonly #parts: HubDispatcherParts;
  readonly #connected: NextConnected | undefined;
  readonly #disconnected: NextDisconnected | undefined;

  constructor(parts: HubDispatcherParts) {
    this.#parts = parts;
    this.#connected = connectedChain(parts.filters);
    this.#disconnected = disconnectedChain(parts.filters);
  }

  connected(client: DispatchClient): void | Promise<void> {
    const hub = this.#parts.create();
    enterCall(hub, new ConnectedCall(client));
    if (this.#connected === undefined) return hub.onConnected();
    return this.#connected({ context: client.context, hub: requireHub(hub) });
  }

  disconnected(client: DispatchClient, error: Error | undefined): void | Promise<void> {
    const hub = this.#parts.create();
    enterCall(hub, new HubCall(client));
    if (this.#disconnected === undefined) return hub.onDisconnected(error);
    return this.#disconnected({ context: client.context, hub: requireHub(hub) }, error);
  }

  /** One message of a client. Never throws. */
  dispatch(client: DispatchClient, message: DecodedHubMessage): void {
    switch (message.type) {
      case 1:
      case 4:
        this.#invocation(client, message);
        break;
      case 2:
        client.activity.uploads?.get(message.invocationId)?.push(message.item);
        break;
      case 3:
        this.#completion(client, message);
        break;
      case 5:
        client.activity.cancel(message.invocationId);
        break;
      case 6:
        client.pinged();
        break;
      case 7:
        client.closedByPeer(message.error);
        break;
      default: // Acks, sequences and what is not known yet: ignored.
    }
  }

  /** Starts what waited for a slot. */
  startWaiting(client: DispatchClient): void {
    const { activity } = client;
    if (activity.isStarting) return;
    activity.isStarting = true;
    while (this.#hasSlot(activity)) {
      const call = activity.waiting.shift();
      if (call === undefined) break;
      this.#start(client, call);
    }
    activity.isStarting = false;
  }

  #invocation(client: DispatchClient, message: Invocation): void {
    const method = this.#parts.methods.find(message.target);
    const { activity } = client;
    if (method === undefined) {
      this.#refuse(client, message, methodDoesNotExist(message.target));
    } else if (message.type === 4 && activity.hasStream(message.invocationId)) {
      this.#refuse(client, message, invocationIdInUse(message.invocationId));
    } else {
      const call = new InvocationCall(client, message, method);
      if (!call.isPlain || (activity.waiting.length === 0 && this.#hasSlot(activity))) this.#start(client, call);
      else activity.waiting.push(call);
    }
  }

  #hasSlot({ slotsTaken }: ClientActivity): boolean {
    return slotsTaken < this.#parts.options.maximumParallelInvocationsPerClient;
  }

  #start(client: DispatchClient, call: InvocationCall): void {
    const { activity } = client;
    activity.calls.push(call);
    if (call.isPlain) {
      call.holdsSlot = true;
      activity.slotsTaken += 1;
    } else this.#openUploads(client, call);
    const { method, message } = call;
    const refusal = countRefusal(message, method, this.#parts.options.enableDetailedErrors);
    if (refusal !== undefined) this.#fail(client, call, refusal);
    else if (method.schema !== undefined || method.authorize !== undefined) void this.#startChecked(client, call);
    else this.#run(client, call, message.arguments);
  }

  /** Never rejects. */
  async #startChecked(client: DispatchClient, call: InvocationCall): Promise<void> {
    const { method, message } = call;
    const isDetailed = this.#parts.options.enableDetailedErrors;
    try {
      const bound = method.schema === undefined ? undefined : await checkSchema(method.schema, message, isDetailed);
      if (bound?.refusal !== undefined) return this.#fail(client, call, bound.refusal);
      const args = bound?.args ?? message.arguments;
      const { authorize, name } = method;
      if (authorize !== undefined && !(await authorize(client.context, { hubMethodName: name, arguments: args }))) {
        return this.#fail(client, call, notAuthorized(message.target));
      }
      this.#run(client, call, args);
    } catch (error) {
      this.#threw(client, call, error);
    }
  }

  #openUploads(client: DispatchClient, call: InvocationCall): void {
    const { streamBufferCapacity, enableDetailedErrors } = this.#parts.options;
    for (const [index, id] of call.message.streamIds?.entries() ?? []) {
      const upload = new UploadStream({
        capacity: streamBufferCapacity,
        schema: call.method.uploads?.[index]?.schema,
        isDetailed: enableDetailedErrors,
        onRoom: () => client.proceed(),
      });
      call.uploads ??= new Map();
      call.uploads.set(id, upload);
      client.activity.uploads ??= new Map();
      client.activity.uploads.set(id, upload);
    }
  }

  #run(client: DispatchClient, call: InvocationCall, args: readonly unknown[]): void {
    const refusal = kindRefusal(call.message, call.method);
    if (refusal !== undefined) {
      this.#fail(client, call, refusal);
      return;
    }
    let returned: unknown;
    try {
      returned = this.#callMethod(call, args);
    } catch (error) {
      this.#threw(client, call, error);
      return;
    }
    // Most methods that return at once should not pay for a promise.
    if (!isThenable(returned)) this.#returned(client, call, returned);
    else {
      returned.then(
        (value) => this.#returned(client, call, value),
        (error: unknown) => this.#threw(client, call, error),
      );
    }
  }

  #callMethod(call: InvocationCall, args: readonly unknown[]): unknown {
    const { method, uploads } = call;
    const parameters = withUploads(args, method, uploads === undefined ? [] : [...uploads.values()]);
    const hub = this.#parts.create();
    enterCall(hub, call);
    const { body, filtered, name } = method;
    if (filtered === undefined) return Reflect.apply(body, hub, parameters);
    const { context } = call.owner;
    return filtered({ context, hub: requireHub(hub), hubMethodName: name, arguments: parameters });
  }

  #returned(client: DispatchClient, call: InvocationCall, value: unknown): void {
    const { message, method } = call;
    if (message.type === 4) {
      if (isStream(value)) void this.#stream(client, call, value);
      else if (method.returns === 'stream') this.#fail(client, call, noStreamReturned(message.target));
      else this.#fail(client, call, plainMethodStreamed(message.target));
    } else if (isStream(value)) {
      discardStream(value, (error) => this.#cleanupFailed(client, error));
      this.#fail(client, call, streamingMethodInvoked(message.target));
    } else this.#succeed(client, call, value);
  }

  #succeed(client: DispatchClient, call: InvocationCall, result: unknown): void {
    const { invocationId } = call;
    try {
      if (invocationId !== undefined) client.send({ type: 3, invocationId, result });
    } catch (error) {
      this.#threw(client, call, error);
      return;
    }
    this.#finish(client, call);
  }

  /** The method, or something else that the app wrote, failed. */
  #threw(client: DispatchClient, call: InvocationCall, error: unknown): void {
    const { target } = call.message;
    if (!(error instanceof HubException) && !call.isCancelled) {
      hubMethodFailed(this.#parts.log, client.name, call.method.name, error);
    }
    this.#fail(client, call, methodFailed(target, error, this.#parts.options.enableDetailedErrors));
  }

  #fail(client: DispatchClient, call: InvocationCall, text: string): void {
    this.#refuse(client, call.message, text);
    this.#finish(client, call);
  }

  #refuse(client: DispatchClient, { invocationId }: Invocation, error: string): void {
    if (invocationId !== undefined && invocationId !== '') client.send({ type: 3, invocationId, error });
  }

  #finish(client: DispatchClient, call: InvocationCall): void {
    const { activity } = client;
    activity.remove(call);
    call.onCancel = undefined;
    for (const [id, upload] of call.uploads ?? []) {
      activity.uploads?.delete(id);
      upload.abandon();
    }
    call.freeSlot();
    if (client.migratedTo !== undefined) client.proceed();
  }

  async #stream(client: DispatchClient, call: InvocationCall, results: AsyncIterable<unknown>): Promise<void> {
    const { invocationId = '' } = call.message;
    const stream = new ResultStream({
      item: (item) => client.send({ type: 2, invocationId, item }),
      room: () => client.room,
      end: (failure) => this.#streamEnded(client, call, failure),
      cleanupFailed: (error) => this.#cleanupFailed(client, error),
    });
    call.onCancel = () => stream.stop();
    const running = stream.run(results);
    if (call.isCancelled) stream.stop();
    await running;
  }

  #streamEnded(client: DispatchClient, call: InvocationCall, failure: { readonly error: unknown } | undefined): void {
    const { invocationId = '' } = call.message;
    if (failure === undefined && client.migratedTo !== undefined && call.isCancelled) {
      this.#fail(client, call, STREAM_NOT_HANDED_OVER);
      return;
    }
    if (failure === undefined) {
      client.send({ type: 3, invocationId });
      this.#finish(client, call);
      return;
    }
    const { error } = failure;
    if (!(error instanceof HubException)) hubMethodFailed(this.#parts.log, client.name, call.method.name, error);
    this.#fail(client, call, streamFailed(error, this.#parts.options.enableDetailedErrors));
  }

  /** That a stream is aborted when nobody wants it is what was asked for. */
  #cleanupFailed({ name }: DispatchClient, error: unknown): void {
    const isAbort = error instanceof Error && error.name === 'AbortError';
    if (!isAbort) streamCleanupFailed(this.#parts.log, name, error);
  }

  /** The end of a stream from the client, or the client's answer to a question. */
  #completion(client: DispatchClient, message: CompletionMessage): void {
    const { invocationId, error } = message;
    const { uploads } = client.activity;
    const upload = uploads?.get(invocationId);
    if (upload === undefined) {
      this.#result(client, message);
    } else {
      uploads?.delete(invocationId);
      upload.end(error === undefined ? undefined : new HubException(error));
    }
  }

  #result(client: DispatchClient, message: CompletionMessage): void {
    const { results } = this.#parts;
    const { connectionId } = client.name;
    const { invocationId } = message;
    const arrival = results.clientCompleted(connectionId, message);
    if (arrival.kind === 'foreign') {
      client.failInput(`Connection ID '${connectionId}' is not valid for invocation ID '${invocationId}'.`);
      return;
    }
    const protocol = client.protocol?.protocol;
    if (arrival.kind === 'unknown' || protocol === undefined) return;
    const [outlets, payload] =
      arrival.kind === 'completed' ? [arrival.outlets, NO_BYTES] : [[client.outlet], protocol.encode(message)];
    const callerServerId = results.serverName;
    const answer = { type: 35, invocationId, connectionId, callerServerId, protocol: protocol.name, payload } as const;
    const marked = client.sender.mark(answer);
    for (const outlet of outlets) outlet.append(marked);
  }
}

/** Filters see a whole hub. */
function requireHub(hub: HubLifecycle): Hub {
  if (hub instanceof Hub) return hub;
  throw new TypeError('create() must give an instance of the hub.');
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
