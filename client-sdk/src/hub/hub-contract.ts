// Types that tie a client to the hub it calls. Nothing here exists at run time.

/**
 * Describes a hub: `server` has the methods that clients may call, `client` those that the server calls on clients. The
 * contracts of `@signalite/server` fit as they are, so one interface serves both ends.
 *
 * ```ts
 * interface ChatContract {
 *   server: { say(user: string, text: string): void; history(count: number): AsyncIterable<string> };
 *   client: { said(user: string, text: string): void };
 * }
 * ```
 */
export interface HubContract {
  readonly server: object;
  readonly client: object;
}

/** The contract of a connection that declares none: any method, any arguments. */
export interface UntypedHubContract {
  readonly server: Record<string, (...args: unknown[]) => unknown>;
  readonly client: Record<string, (...args: unknown[]) => unknown>;
}

type Method = (...args: never[]) => unknown;
type IsUntyped<C extends HubContract> = string extends keyof C['server'] ? true : false;

type ParametersOf<F> = F extends (...args: infer A) => unknown ? A : never;
type ResultOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

type StreamMethodNames<T> = {
  [K in keyof T]: T[K] extends Method ? (ResultOf<T[K]> extends AsyncIterable<unknown> ? K : never) : never;
}[keyof T] &
  string;

type PlainMethodNames<T> = Exclude<MethodNames<T>, StreamMethodNames<T>>;

type MethodNames<T> = { [K in keyof T]: T[K] extends Method ? K : never }[keyof T] & string;

/** A stream that a call uploads: an async generator, any other async iterable, or a web stream. */
export type UploadStream<T> = AsyncIterable<T> | ReadableStream<T>;

/** What `invoke` and `send` can call: the methods of the hub that give no stream. */
export type InvokeName<C extends HubContract> = PlainMethodNames<C['server']>;

/** What `stream` can call: the methods of the hub that give a stream. */
export type StreamName<C extends HubContract> = IsUntyped<C> extends true ? string : StreamMethodNames<C['server']>;

/** The arguments of a hub method; where it takes a stream, anything that can be uploaded. */
export type HubArguments<C extends HubContract, M extends string> =
  IsUntyped<C> extends true ? unknown[] : M extends keyof C['server'] ? UploadsOf<ParametersOf<C['server'][M]>> : never;

type UploadsOf<A extends readonly unknown[]> = {
  [K in keyof A]: A[K] extends AsyncIterable<infer T> ? UploadStream<T> : A[K];
};

/**
 * What `invoke` gives for a hub method. Without a contract the caller may name the type: `invoke<number>('add', 1, 2)`;
 * nobody checks it then.
 */
export type InvokeResult<C extends HubContract, M extends string, T> = [T] extends [never]
  ? M extends keyof C['server']
    ? ResultOf<C['server'][M]>
    : unknown
  : T;

/** What `stream` gives item by item; as with `invoke`, the caller may name the type if there is no contract. */
export type StreamItem<C extends HubContract, M extends string, T> = [T] extends [never]
  ? M extends keyof C['server']
    ? ResultOf<C['server'][M]> extends AsyncIterable<infer I>
      ? I
      : unknown
    : unknown
  : T;

/** A result type that the caller names: anything without a contract, nothing with one. */
export type NamedResult<C extends HubContract> = IsUntyped<C> extends true ? unknown : never;

/** What the hub can call on its clients. */
export type ClientMethodName<C extends HubContract> = MethodNames<C['client']>;

/** A handler for calls of the hub. Where the contract has a result, the handler must give it, at once or later. */
export type ClientHandler<C extends HubContract, M extends keyof C['client']> =
  IsUntyped<C> extends true ? UntypedHandler : TypedHandler<C['client'][M]>;

// biome-ignore lint/suspicious/noExplicitAny: without a contract a handler takes what it says that it takes.
type UntypedHandler = (...args: any[]) => unknown;

type TypedHandler<F> = F extends (...args: infer A) => infer R
  ? (...args: A) => (() => void) extends () => Awaited<R> ? unknown : Awaited<R> | PromiseLike<Awaited<R>>
  : never;
