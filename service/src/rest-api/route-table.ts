import { type ApiFamily, HUB_BASES, SERVICE_BASES } from './api-family.ts';
import type { RouteParameters } from './rest-call.ts';
import type { Method, Route } from './route.ts';

type ParameterName = keyof RouteParameters | 'hub';

/** A piece of a path: a word that stands there, in lower case, or a parameter. */
type Segment = { readonly word: string } | { readonly parameter: ParameterName };

/** One route under one family. */
export interface ServedRoute {
  readonly route: Route;
  readonly family: ApiFamily;
  /** `/api/hubs/{hub}/users/{user}`, as documented. */
  readonly pattern: string;
  readonly segments: readonly Segment[];
  /** Which segment is the hub's name. */
  readonly hubSegment: number | undefined;
  /** Status of success. */
  readonly success: number;
}

/** What a path names. Those that the route has not are empty, and its handler cannot see them. */
export type PathParameters = RouteParameters & { readonly hub: string };

/** A route with what the path names. */
export interface FoundRoute {
  readonly match: 'route';
  readonly served: ServedRoute;
  readonly parameters: PathParameters;
}

export type RouteMatch =
  | FoundRoute
  | { readonly match: 'other-methods'; readonly methods: readonly Method[] }
  | { readonly match: 'nothing' };

const NO_PARAMETERS: Record<ParameterName, string> = {
  hub: '',
  connectionId: '',
  user: '',
  group: '',
  streamId: '',
  users: '',
  groups: '',
};

/** Finds routes. Words of paths compare without case, as in ASP.NET Core; parameters are at least one character. */
export class RouteTable {
  readonly served: readonly ServedRoute[];
  readonly #byLength = new Map<number, ServedRoute[]>();

  constructor(routes: readonly Route[]) {
    this.served = routes.flatMap(serve);
    for (const one of this.served) {
      const alike = this.#byLength.get(one.segments.length);
      if (alike === undefined) this.#byLength.set(one.segments.length, [one]);
      else alike.push(one);
    }
  }

  /** `path`: decoded segments. Where a word and a parameter would do, the route that is first in the table wins. */
  find(method: string, path: readonly string[]): RouteMatch {
    const found = (this.#byLength.get(path.length) ?? []).filter(({ segments }) => matches(segments, path));
    if (found.length === 0) return { match: 'nothing' };
    const served = found.find(({ route }) => route.methods.some((one) => one === method));
    if (served === undefined) return { match: 'other-methods', methods: methodsOf(found) };
    return { match: 'route', served, parameters: parametersOf(served.segments, path) };
  }
}

function serve(route: Route): ServedRoute[] {
  const bases = route.on === 'hub' ? HUB_BASES : SERVICE_BASES;
  return familiesOf(route).map(([family, success]) => {
    const pattern = `${bases[family]}${route.path}`;
    const segments = pattern.split('/').slice(1).map(segmentOf);
    const hubSegment = segments.findIndex((segment) => 'parameter' in segment && segment.parameter === 'hub');
    return { route, family, pattern, segments, hubSegment: hubSegment < 0 ? undefined : hubSegment, success };
  });
}

function familiesOf({ success }: Route): (readonly [ApiFamily, number])[] {
  const families: readonly ApiFamily[] = ['dated', 'v1', 'v1-preview'];
  return families.flatMap((family) => {
    const status = success[family];
    return status === undefined ? [] : [[family, status] as const];
  });
}

function segmentOf(text: string): Segment {
  const name = /^\{(\w+)\}$/.exec(text)?.[1];
  return name !== undefined && isParameterName(name) ? { parameter: name } : { word: text.toLowerCase() };
}

function isParameterName(name: string): name is ParameterName {
  return Object.hasOwn(NO_PARAMETERS, name);
}

function matches(segments: readonly Segment[], path: readonly string[]): boolean {
  return segments.every((segment, index) => {
    const text = path[index] ?? '';
    return 'parameter' in segment ? text !== '' : text.toLowerCase() === segment.word;
  });
}

function parametersOf(segments: readonly Segment[], path: readonly string[]): PathParameters {
  const parameters = { ...NO_PARAMETERS };
  segments.forEach((segment, index) => {
    if ('parameter' in segment) parameters[segment.parameter] = path[index] ?? '';
  });
  return parameters;
}

function methodsOf(found: readonly ServedRoute[]): Method[] {
  return [...new Set(found.flatMap(({ route }) => route.methods))];
}
