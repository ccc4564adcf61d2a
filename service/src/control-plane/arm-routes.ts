import type { ArmHandler, ArmParameters } from './arm-call.ts';

export const ARM_METHODS = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'] as const;
export type ArmMethod = (typeof ARM_METHODS)[number];

export type ArmMethods = Readonly<Partial<Record<ArmMethod, ArmHandler>>>;

/**
 * One path. `{name}` stands for a segment, `*` at the end for any number of them; all else compares without case
 * (control-plane 0.5).
 */
export interface ArmRoute {
  readonly pattern: string;
  readonly methods: ArmMethods;
}

interface CompiledRoute {
  readonly segments: readonly string[];
  readonly isOpen: boolean;
  readonly methods: ArmMethods;
}

export interface RouteMatch {
  readonly methods: ArmMethods;
  readonly parameters: ArmParameters;
}

const NO_PARAMETERS: ArmParameters = { subscription: '', group: '', name: '', location: '', operation: '' };

/** Finds the route of a path. */
export class ArmRoutes {
  readonly #routes: readonly CompiledRoute[];

  constructor(routes: readonly ArmRoute[]) {
    this.#routes = routes.map(({ pattern, methods }) => {
      const segments = segmentsOf(pattern);
      const isOpen = segments.at(-1) === '*';
      return { segments: isOpen ? segments.slice(0, -1) : segments, isOpen, methods };
    });
  }

  /** `path`: as it came, still encoded. Throws `URIError` when it cannot be decoded. */
  match(path: string): RouteMatch | undefined {
    const segments = segmentsOf(path).map(decodeURIComponent);
    for (const { methods, ...route } of this.#routes) {
      const parameters = read(route, segments);
      if (parameters !== undefined) return { methods, parameters };
    }
    return undefined;
  }
}

/** Clients join an endpoint that ends in `/` with a path that starts with one: empty parts mean nothing. */
function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function read(
  { segments: wanted, isOpen }: Omit<CompiledRoute, 'methods'>,
  segments: readonly string[],
): ArmParameters | undefined {
  if (isOpen ? segments.length < wanted.length : segments.length !== wanted.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = segment;
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return { ...NO_PARAMETERS, ...parameters };
}
