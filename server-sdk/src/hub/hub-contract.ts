// Types that tie a hub, its clients and the calls between them together. Nothing here exists at run time.
import type { ReadableStream } from 'node:stream/web';

/**
 * Describes a hub: `server` has the methods that clients may call, `client` those that the server calls on clients.
 *
 * ```ts
 * interface ChatContract {
 *   server: { send(user: string, text: string): void };
 *   client: { message(user: string, text: string): void };
 * }
 * ```
 */
export interface HubContract {
  /** What clients call, as an interface of methods. Parameters and results that are async iterables are streams. */
  readonly server: object;
  /** What the server calls on clients. A method that gives something can be asked for it with `invoke`. */
  readonly client: object;
}

/** The contract of a hub that declares none: any method, any arguments. */
export interface UntypedHubContract {
  /** Any method. */
  readonly server: Record<string, (...args: unknown[]) => unknown>;
  /** Any method. */
  readonly client: Record<string, (...args: unknown[]) => unknown>;
}

type Method = (...args: never[]) => unknown;

/** The names of those members of `T` that are methods. */
export type MethodName<T> = { [K in keyof T]: T[K] extends Method ? K : never }[keyof T] & string;

/** What can be called on clients. */
export type ClientMethodName<C extends HubContract> = MethodName<C['client']>;

/** The arguments of a client method. */
export type ClientMethodArguments<C extends HubContract, M extends keyof C['client']> = C['client'][M] extends (
  ...args: infer A
) => unknown
  ? A
  : never;

/** What a client method gives back. */
export type ClientMethodResult<C extends HubContract, M extends keyof C['client']> = C['client'][M] extends (
  ...args: never[]
) => infer R
  ? Awaited<R>
  : never;

/** A stream, in either direction: an async generator, any other async iterable, or a web stream. */
export type HubStream<T> = AsyncIterable<T> | ReadableStream<T>;

/** What a hub method may return for a contract that promises `R`: the value, a promise of it, or a stream of it. */
export type HubMethodResult<R> =
  Awaited<R> extends AsyncIterable<infer T> ? HubStream<T> | Promise<HubStream<T>> : Awaited<R> | Promise<Awaited<R>>;

/** The methods that a hub of this contract has. Write `class ChatHub extends Hub<C> implements HubMethods<C>`. */
export type HubMethods<C extends HubContract> = {
  [M in MethodName<C['server']>]: C['server'][M] extends (...args: infer A) => infer R
    ? (...args: A) => HubMethodResult<R>
    : never;
};

/** A list of parameters without those that are streams: what travels as arguments. */
export type WithoutStreams<A extends readonly unknown[]> = A extends readonly [infer First, ...infer Rest]
  ? First extends AsyncIterable<unknown>
    ? WithoutStreams<Rest>
    : [First, ...WithoutStreams<Rest>]
  : A;
