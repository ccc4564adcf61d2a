// A hub through server connections that get no clients (service-protocol 4.4; rest-api 9).
import { setMaxListeners } from 'node:events';
import { untilAborted } from '../../endpoints/deadline.ts';
import type { NegotiateRoute } from '../../endpoints/hub-endpoints.ts';
import type { ServiceEndpoint } from '../../endpoints/service-endpoint.ts';
import { SignalRServerError } from '../../errors.ts';
import type { HubHttpRequest } from '../../hub/hub-http-request.ts';
import type { ClientCall } from '../../hub/hub-sender.ts';
import type { SendTarget } from '../../hub/send-target.ts';
import type { HubRuntime } from '../../hub-runtime.ts';
import type { GroupMembersPage, GroupMembersQuery } from '../group-members.ts';
import type { HubCommand } from '../hub-command.ts';
import type { HubTransport } from '../hub-transport.ts';
import { withLimits } from '../linked-signal.ts';
import { HubCommander } from './hub-commander.ts';

export interface PersistentTransportOptions {
  /** Called for the first operation, and again when nothing could be opened. */
  readonly createRuntime: () => HubRuntime;
  /** The one place where clients can go. Undefined where there is a choice. */
  readonly onlyEndpoint: ServiceEndpoint | undefined;
}

/** An open way to the hub. */
interface OpenHub {
  readonly runtime: HubRuntime;
  readonly commander: HubCommander;
}

export class PersistentTransport implements HubTransport {
  readonly #options: PersistentTransportOptions;
  readonly #closing = new AbortController();
  #opening: Promise<OpenHub> | undefined;

  constructor(options: PersistentTransportOptions) {
    this.#options = options;
    // Each operation that is under way listens to it.
    setMaxListeners(0, this.#closing.signal);
  }

  async start(): Promise<void> {
    this.#closing.signal.throwIfAborted();
    await untilAborted(this.#open(), this.#closing.signal);
  }

  send(target: SendTarget, call: ClientCall, signal: AbortSignal): Promise<void> {
    return this.#run(signal, ({ runtime }) => runtime.operations.sender.send(target, call, undefined));
  }

  invoke(connectionId: string, call: ClientCall, signal: AbortSignal): Promise<unknown> {
    return this.#run(signal, ({ runtime }, limited) =>
      runtime.operations.sender.invoke(connectionId, { ...call, signal: limited }, undefined),
    );
  }

  perform(command: HubCommand, signal: AbortSignal): Promise<boolean> {
    return this.#run(signal, ({ commander }) => commander.perform(command));
  }

  groupMembers(query: GroupMembersQuery, signal: AbortSignal): Promise<GroupMembersPage> {
    return this.#run(signal, ({ commander }) => commander.groupMembers(query));
  }

  route(describe: () => HubHttpRequest): Promise<NegotiateRoute> {
    const { onlyEndpoint } = this.#options;
    // What a client needs then is not known better by being connected.
    if (onlyEndpoint !== undefined) return Promise.resolve({ kind: 'endpoint', endpoint: onlyEndpoint });
    return this.#run(this.#closing.signal, ({ runtime }) => runtime.negotiated.route(describe));
  }

  async close(): Promise<void> {
    this.#closing.abort(new SignalRServerError('closed', 'The management client is closed.'));
    const open = await this.#opening?.catch(() => undefined);
    await open?.runtime.close();
  }

  async #run<T>(signal: AbortSignal, operation: (hub: OpenHub, limited: AbortSignal) => Promise<T>): Promise<T> {
    return withLimits({ signals: [signal, this.#closing.signal] }, async (limited) => {
      limited.throwIfAborted();
      const hub = await untilAborted(this.#open(), limited);
      return untilAborted(operation(hub, limited), limited);
    });
  }

  /** Shared by all that wait. Who could not be opened is closed, and the next operation begins anew. */
  #open(): Promise<OpenHub> {
    this.#opening ??= this.#openNew().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #openNew(): Promise<OpenHub> {
    const runtime = this.#options.createRuntime();
    const stop = () => runtime.close();
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    try {
      await runtime.start();
      return { runtime, commander: new HubCommander(runtime.operations) };
    } catch (error) {
      await runtime.close();
      throw error;
    } finally {
      this.#closing.signal.removeEventListener('abort', stop);
    }
  }
}
