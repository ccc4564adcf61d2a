import type { z } from 'zod';
import type { Guest } from './guest-list.ts';
import { Refusal } from './refusal.ts';
import type { HubMethod } from './upstream.ts';

// Ties the methods of a contract to functions. What comes over the wire is checked once, here.

/** One for each method of a contract: a missing one does not compile. */
export type HubMethods<Server> = { readonly [M in keyof Server]: HubMethod };

type Method = (...args: never[]) => unknown;

/** `schema` describes the arguments. */
export function hubMethod<F extends Method>(
  schema: z.ZodType<Parameters<F>>,
  run: (caller: Guest, ...args: Parameters<F>) => Promise<ReturnType<F>>,
): HubMethod {
  return async (caller, args) => {
    const { data } = schema.safeParse(args);
    if (data === undefined) throw new Refusal('These are not the arguments of that method.');
    return run(caller, ...data);
  };
}
