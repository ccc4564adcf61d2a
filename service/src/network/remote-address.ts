import type { IncomingMessage } from 'node:http';

const IPV4_MAPPED = '::ffff:';

/** The address of whoever is at the other end of the socket; IPv4 in its own form. */
export function socketAddress({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? '';
  return address.startsWith(IPV4_MAPPED) ? address.slice(IPV4_MAPPED.length) : address;
}

/** The address that a request came from; behind a proxy that is trusted, the one that the proxy names. */
export function remoteAddress(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = request.headersDistinct['x-forwarded-for']?.join(',').split(',').at(-1)?.trim();
  return trustProxy && forwarded !== undefined && forwarded !== '' ? forwarded : socketAddress(request);
}
