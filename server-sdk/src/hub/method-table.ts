// The methods of a hub that clients may call (client-protocol 3.5, 6.5).
import { SignalRServerError } from '../errors.ts';
import { invocationChain } from './filter-chains.ts';
import { Hub, type HubLifecycle } from './hub.ts';
import type { HubFilter } from './hub-filter.ts';
import type { HubMethod } from './hub-method.ts';
import type { MethodOptions, MethodTableOptions } from './method-options.ts';

/** What can be served: a class below `Hub`. */
export interface ServableHub<H extends HubLifecycle = HubLifecycle> {
  new (...args: never[]): H;
  /** What instances inherit from. */
  readonly prototype: H;
  /** The static field with what `defineMethods` gave. Default: every method as it stands. */
  readonly methods?: MethodTableOptions;
}

/** A hub class whose instances are made without arguments. */
export interface HubClass<H extends HubLifecycle = HubLifecycle> {
  new (): H;
  /** What instances inherit from. */
  readonly prototype: H;
  /** The static field with what `defineMethods` gave. Default: every method as it stands. */
  readonly methods?: MethodTableOptions;
}

const NOT_CALLABLE = new Set([...memberNames(Object.prototype), ...memberNames(Hub.prototype)]);
const AsyncGeneratorFunction = Object.getPrototypeOf(async function* () {}).constructor;

/** Finds the methods of one hub by the names that clients use. */
export class MethodTable {
  readonly #byName = new Map<string, HubMethod>();

  /** Throws a `SignalRServerError` (`invalid-hub`) when two methods have one name. */
  constructor(hubClass: ServableHub, filters: readonly HubFilter[] = []) {
    const options = hubClass.methods ?? {};
    const bodies = callableMembers(hubClass);
    for (const name of Object.keys(options)) {
      if (!bodies.has(name))
        throw invalid(`${hubClass.name}.methods declares '${name}', which is no method of the hub.`);
    }
    for (const [name, body] of bodies) {
      const filtered = invocationChain(filters, body);
      this.#add(hubClass.name, { ...hubMethod(name, body, ownOption(options, name)), filtered }, options);
    }
  }

  /** Names compare without case. */
  find(target: string): HubMethod | undefined {
    return this.#byName.get(target) ?? this.#byName.get(target.toLowerCase());
  }

  #add(hub: string, method: HubMethod, options: MethodTableOptions): void {
    const name = ownOption(options, method.name).name ?? method.name;
    if (this.#byName.has(name.toLowerCase())) {
      throw invalid(
        `Duplicate definitions of '${name}' in ${hub}. Names differ by more than case; there is no overloading.`,
      );
    }
    this.#byName.set(name.toLowerCase(), method);
    this.#byName.set(name, method);
  }
}

function ownOption(options: MethodTableOptions, name: string): MethodOptions {
  return (Object.hasOwn(options, name) ? options[name] : undefined) ?? {};
}

/** Methods of the class and its bases below `Hub`; a method of a derived class hides that of its base. */
function callableMembers(hubClass: ServableHub): Map<string, HubMethod['body']> {
  const members = new Map<string, HubMethod['body']>();
  for (let prototype = hubClass.prototype; prototype !== Hub.prototype; prototype = Object.getPrototypeOf(prototype)) {
    if (prototype === null || prototype === undefined) {
      throw invalid(`${hubClass.name} is no hub. Let it extend Hub, from one copy of @signalite/server.`);
    }
    for (const name of memberNames(prototype)) {
      const { value } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
      const isCallable = typeof value === 'function' && !NOT_CALLABLE.has(name) && !name.startsWith('_');
      if (isCallable && !members.has(name)) members.set(name, value);
    }
  }
  return members;
}

function memberNames(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype);
}

function hubMethod(name: string, body: HubMethod['body'], options: MethodOptions): Omit<HubMethod, 'filtered'> {
  const uploads = options.streams?.map((one) => (typeof one === 'number' ? { position: one } : one));
  return {
    name,
    body,
    uploads: uploads === undefined ? undefined : [...uploads].sort((a, b) => a.position - b.position),
    parameterCount: parameterCount(body, options),
    returns: options.returns ?? (body instanceof AsyncGeneratorFunction ? 'stream' : undefined),
    schema: options.schema,
    authorize: options.authorize,
  };
}

function parameterCount(
  body: HubMethod['body'],
  { argumentCount, schema, streams }: MethodOptions,
): number | undefined {
  if (argumentCount !== undefined) return argumentCount + (streams?.length ?? 0);
  return schema === undefined ? body.length : undefined;
}

function invalid(message: string): SignalRServerError {
  return new SignalRServerError('invalid-hub', message);
}
