const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/i;

/** True when nobody but this machine reaches a service that listens on `host`. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
