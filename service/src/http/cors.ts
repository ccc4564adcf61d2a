// Cross-origin rules of the client routes (client-protocol 1.6).

const ANY = '*';
const DEFAULT_METHODS = 'GET,POST,DELETE,OPTIONS';
const DEFAULT_HEADERS = 'authorization,x-requested-with,x-signalr-user-agent,content-type';

export type CorsHeaders = Readonly<Record<string, string>>;

export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  return allowed.includes(ANY) || allowed.some((one) => one.toLowerCase() === origin.toLowerCase());
}

/** Headers of every answer on `/client`, errors included. Browsers send credentials, so the origin is echoed. */
export function corsHeaders(origin: string | undefined, allowed: readonly string[]): CorsHeaders {
  if (origin === undefined || !isAllowedOrigin(origin, allowed)) return { Vary: 'Origin' };
  return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' };
}

/** Headers of the answer to a preflight; what was asked for is granted. */
export function preflightHeaders(
  asked: {
    readonly origin: string | undefined;
    readonly method: string | undefined;
    readonly headers: string | undefined;
  },
  allowed: readonly string[],
): CorsHeaders {
  const common = corsHeaders(asked.origin, allowed);
  if (common['Access-Control-Allow-Origin'] === undefined) return common;
  return {
    ...common,
    'Access-Control-Allow-Methods': asked.method ?? DEFAULT_METHODS,
    'Access-Control-Allow-Headers': asked.headers ?? DEFAULT_HEADERS,
  };
}
