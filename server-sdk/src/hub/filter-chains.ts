// Filters and what they stand around, each chain put together once (client-protocol 6.5).
import type { HubFilter, NextConnected, NextDisconnected, NextInvocation } from './hub-filter.ts';
import type { HubMethod } from './hub-method.ts';

/** The filters around a method; undefined when there are none, so that its calls cost nothing more. */
export function invocationChain(filters: readonly HubFilter[], body: HubMethod['body']): NextInvocation | undefined {
  const around = filters.filter(({ invokeMethod }) => invokeMethod !== undefined);
  if (around.length === 0) return undefined;
  const method: NextInvocation = async (invocation) => Reflect.apply(body, invocation.hub, invocation.arguments);
  return around.reduceRight<NextInvocation>(
    (next, filter) => async (invocation) => filter.invokeMethod?.(invocation, next),
    method,
  );
}

/** The filters around `onConnected`. */
export function connectedChain(filters: readonly HubFilter[]): NextConnected | undefined {
  const around = filters.filter(({ onConnected }) => onConnected !== undefined);
  if (around.length === 0) return undefined;
  const event: NextConnected = async ({ hub }) => hub.onConnected();
  return around.reduceRight<NextConnected>(
    (next, filter) => async (lifetime) => filter.onConnected?.(lifetime, next),
    event,
  );
}

/** The filters around `onDisconnected`. */
export function disconnectedChain(filters: readonly HubFilter[]): NextDisconnected | undefined {
  const around = filters.filter(({ onDisconnected }) => onDisconnected !== undefined);
  if (around.length === 0) return undefined;
  const event: NextDisconnected = async ({ hub }, error) => hub.onDisconnected(error);
  return around.reduceRight<NextDisconnected>(
    (next, filter) => async (lifetime, error) => filter.onDisconnected?.(lifetime, error, next),
    event,
  );
}
