// Results that the server asked clients for (client-protocol 3.10, 6.7; service-protocol 9).
import { randomUUID } from 'node:crypto';
import type { CompletionMessage } from '@signalite/protocol';
import type { ClientInvocationMessage } from '@signalite/protocol/service';
import { HubException, SignalRServerError } from '../errors.ts';
import type { Outlet } from '../server-connection/outlet.ts';

const PENDING_MAX = 100_000;
/** How long the service remembers an invocation (service-protocol 9.4). */
const ROUTE_LIFETIME_MS = 600_000;

interface PendingResult {
  readonly connectionId: string;
  /** Where an answer can still come from. */
  readonly outlets: Set<Outlet>;
  readonly deadlineAt: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Set by the service when another app server holds the client. */
  instanceId?: string;
}

/** An invocation of another app server on a client of this one. */
interface Route {
  readonly connectionId: string;
  readonly deadlineAt: number;
}

export interface ClientResultsOptions {
  /** Name of this app server. */
  readonly serverName: string;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** A result that is awaited. */
export interface AwaitedResult {
  readonly invocationId: string;
  readonly result: Promise<unknown>;
}

/** What to do with a completion that a client sent. */
export type ResultArrival =
  /** It was awaited here. The service must forget it: `outlets` are where it was told of it. */
  | { readonly kind: 'completed'; readonly outlets: readonly Outlet[] }
  /** Another app server waits for it. */
  | { readonly kind: 'routed' }
  /** Somebody else was asked. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unknown' };

/** The pending results of one hub. */
export class ClientResults {
  readonly #options: ClientResultsOptions;
  readonly #pending = new Map<string, PendingResult>();
  readonly #routes = new Map<string, Route>();
  readonly #unique = randomUUID().replaceAll('-', '');
  #count = 0;

  constructor(options: ClientResultsOptions) {
    this.#options = options;
  }

  get serverName(): string {
    return this.#options.serverName;
  }

  /** Expects an answer of a client: the first that comes on one of `outlets`. `signal` gives it up. */
  expect(connectionId: string, outlets: readonly Outlet[], signal: AbortSignal | undefined): AwaitedResult {
    if (signal?.aborted) throw cancelled();
    if (this.#pending.size >= PENDING_MAX) {
      const text = `${PENDING_MAX} client results are awaited already. Await some of them first.`;
      throw new SignalRServerError('client-result-not-allowed', text);
    }
    this.#count += 1;
    const invocationId = `${connectionId}-${this.#unique}-${this.#count}`;
    const deadlineAt = this.#options.now() + this.#options.timeoutMs;
    const result = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(invocationId, { connectionId, outlets: new Set(outlets), deadlineAt, resolve, reject });
    });
    return { invocationId, result: signal === undefined ? result : this.#untilAborted(invocationId, result, signal) };
  }

  /** A completion that client `connectionId` of this app server sent. */
  clientCompleted(connectionId: string, message: CompletionMessage): ResultArrival {
    const pending = this.#pending.get(message.invocationId);
    const asked = pending ?? this.#routes.get(message.invocationId);
    if (asked === undefined) return { kind: 'unknown' };
    if (asked.connectionId !== connectionId) return { kind: 'foreign' };
    if (pending !== undefined) {
      this.#settle(message);
      return { kind: 'completed', outlets: [...pending.outlets] };
    }
    this.#routes.delete(message.invocationId);
    return { kind: 'routed' };
  }

  /** The question could not even be sent. */
  abandon(invocationId: string, error: unknown): void {
    this.#fail(invocationId, error);
  }

  /** The service brought an answer. */
  serviceCompleted(message: CompletionMessage): void {
    this.#settle(message);
  }

  /** The service behind `outlet` says why there will be none. Others that were asked may still have the client. */
  serviceFailed(invocationId: string, error: string, outlet: Outlet): void {
    const outlets = this.#pending.get(invocationId)?.outlets;
    if (outlets === undefined) return;
    const asked = [...outlets].find(({ endpoint }) => endpoint === outlet.endpoint);
    if (asked !== undefined) outlets.delete(asked);
    if (outlets.size === 0) this.#fail(invocationId, new SignalRServerError('client-result-failed', error));
  }

  /** Another app server waits for an answer of a client of ours. */
  route({ invocationId, connectionId }: ClientInvocationMessage): void {
    if (this.#routes.size >= PENDING_MAX) return;
    this.#routes.set(invocationId, { connectionId, deadlineAt: this.#options.now() + ROUTE_LIFETIME_MS });
  }

  /** Which service instance holds the client of an invocation. */
  mapped(invocationId: string, instanceId: string): void {
    const pending = this.#pending.get(invocationId);
    if (pending !== undefined) pending.instanceId = instanceId;
  }

  instanceLost(instanceId: string): void {
    this.#failWhere((pending) => pending.instanceId === instanceId, disconnected);
  }

  clientGone(connectionId: string): void {
    if (this.#pending.size > 0) this.#failWhere((pending) => pending.connectionId === connectionId, disconnected);
    this.clientHandedOver(connectionId);
  }

  /** Another app server has the client: what it is asked already comes back through the service. */
  clientHandedOver(connectionId: string): void {
    for (const [id, route] of this.#routes) if (route.connectionId === connectionId) this.#routes.delete(id);
  }

  /** Answers of other app servers' clients come on the connection of the invocation. */
  connectionLost(outlet: Outlet): void {
    this.#failWhere(
      ({ outlets }) => outlets.delete(outlet) && outlets.size === 0,
      () => new SignalRServerError('connection-lost', 'The server connection ended before the client answered.'),
    );
  }

  expire(): void {
    const now = this.#options.now();
    this.#failWhere(
      ({ deadlineAt }) => deadlineAt <= now,
      () => new SignalRServerError('client-result-timeout', 'Invocation timed out.'),
    );
    for (const [id, { deadlineAt }] of this.#routes) if (deadlineAt <= now) this.#routes.delete(id);
  }

  async #untilAborted(invocationId: string, result: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
    const abort = () => this.#fail(invocationId, cancelled());
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await result;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #settle(message: CompletionMessage): void {
    const pending = this.#pending.get(message.invocationId);
    if (pending === undefined) return;
    this.#pending.delete(message.invocationId);
    if (message.error !== undefined) pending.reject(new HubException(message.error));
    else if ('result' in message) pending.resolve(message.result);
    else pending.reject(new HubException("Client didn't provide a result."));
  }

  #fail(invocationId: string, error: unknown): void {
    const pending = this.#pending.get(invocationId);
    this.#pending.delete(invocationId);
    pending?.reject(error);
  }

  #failWhere(matches: (pending: PendingResult) => boolean, error: (pending: PendingResult) => Error): void {
    for (const [id, pending] of this.#pending) if (matches(pending)) this.#fail(id, error(pending));
  }
}

function disconnected({ connectionId }: PendingResult): SignalRServerError {
  return new SignalRServerError('client-result-failed', `Connection '${connectionId}' disconnected.`);
}

function cancelled(): HubException {
  return new HubException('Invocation canceled by the server.');
}
