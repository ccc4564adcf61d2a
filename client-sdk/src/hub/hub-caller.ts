import { HubMessageType } from '@signalite/protocol';
import type { Calls } from './calls.ts';
import type {
  HubArguments,
  HubContract,
  InvokeName,
  InvokeResult,
  NamedResult,
  StreamItem,
  StreamName,
  UntypedHubContract,
} from './hub-contract.ts';
import { streamItems } from './stream-items.ts';

/** What may be said of calls. */
export interface CallOptions {
  /** Ends the calls; they then fail with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The three ways to call a hub: `invoke`, `send` and `stream`. */
export class HubCaller<C extends HubContract = UntypedHubContract> {
  readonly #calls: Calls;
  readonly #signal: AbortSignal | undefined;

  constructor(calls: Calls, signal?: AbortSignal) {
    this.#calls = calls;
    this.#signal = signal;
  }

  /**
   * Calls a hub method and waits for its result. Arguments that are async iterables or web streams are uploaded item by
   * item.
   *
   * Rejects with a `HubInvocationError` if the method failed, with a `SignalRClientError` (`invalid-state`,
   * `connection-closed`) if there is no connection or it ended meanwhile, and with the signal's reason when aborted: the
   * server is then told, but only some servers stop plain methods.
   */
  invoke<T extends NamedResult<C> = never, M extends InvokeName<C> = InvokeName<C>>(
    method: M,
    ...args: HubArguments<C, M>
  ): Promise<InvokeResult<C, M, NoInfer<T>>>;
  async invoke(method: string, ...args: unknown[]): Promise<unknown> {
    return this.#calls.start({ method, args, signal: this.#signal }, HubMessageType.Invocation).done;
  }

  /**
   * Calls a hub method and does not wait for it: resolves when the transport has taken the message. Uploads go on
   * afterwards.
   */
  send<M extends InvokeName<C>>(method: M, ...args: HubArguments<C, M>): Promise<void>;
  async send(method: string, ...args: unknown[]): Promise<void> {
    await this.#calls.start({ method, args, signal: this.#signal }).done;
  }

  /**
   * Calls a hub method that gives a stream. The call is made at once; read the items with `for await`. Leaving the loop
   * cancels the stream at the server.
   */
  stream<T extends NamedResult<C> = never, M extends StreamName<C> = StreamName<C>>(
    method: M,
    ...args: HubArguments<C, M>
  ): AsyncIterableIterator<StreamItem<C, M, NoInfer<T>>>;
  stream(method: string, ...args: unknown[]): AsyncIterableIterator<unknown> {
    const signal = this.#signal;
    return streamItems(
      (item) => this.#calls.start({ method, args, signal, item }, HubMessageType.StreamInvocation),
      signal,
    );
  }

  /** The same three ways to call, bound to a signal: `hub.with({ signal }).invoke('add', 1, 2)`. */
  with(options: CallOptions): HubCaller<C> {
    return new HubCaller<C>(this.#calls, options.signal);
  }
}
