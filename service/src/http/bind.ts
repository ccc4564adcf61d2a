import type { AddressInfo, Server } from 'node:net';
import { ServiceStartError } from '../errors.ts';

const PORT_TRIES = 5;
const LOOPBACK_V4 = '127.0.0.1';
const LOOPBACK_V6 = '::1';

export interface BindOptions {
  /** `localhost` binds both loopback families; anything else is bound as it is. */
  readonly host: string;
  /** 0: any free port, the same for both families. */
  readonly port: number;
  /** The flag of the command line that chooses the port, for whoever reads what went wrong. Default `--port`. */
  readonly portFlag?: string;
}

/** Those that listen: one for each family that there is. */
export interface BoundServers<S> {
  readonly servers: readonly S[];
  readonly port: number;
}

/** Binds a server for each address of a host. Throws `ServiceStartError` with what to do about it. */
export async function bindServers<S extends Server>(options: BindOptions, create: () => S): Promise<BoundServers<S>> {
  const hosts = options.host === 'localhost' ? [LOOPBACK_V4, LOOPBACK_V6] : [options.host];
  for (let tries = 1; ; tries++) {
    const servers = hosts.map(() => create());
    try {
      const port = await bindAll(servers, hosts, options.port);
      return { servers: servers.filter((server) => server.listening), port };
    } catch (error) {
      for (const server of servers) server.close();
      // The port that one family gave may be taken in the other.
      if (options.port !== 0 || tries >= PORT_TRIES) throw startError(error, options);
    }
  }
}

async function bindAll(servers: readonly Server[], hosts: readonly string[], wanted: number): Promise<number> {
  let port = wanted;
  for (const [index, server] of servers.entries()) {
    const host = hosts[index] ?? LOOPBACK_V4;
    try {
      await bind(server, host, port);
    } catch (error) {
      // A machine without IPv6 is no error, as long as the other family listens.
      if (host !== LOOPBACK_V6 || index === 0 || !isFamilyMissing(error)) throw error;
      continue;
    }
    port = boundPort(server);
  }
  return port;
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function boundPort(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listening socket has no port');
  return address.port;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isFamilyMissing(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes(codeOf(error));
}

function startError(error: unknown, { host, port, portFlag = '--port' }: BindOptions): ServiceStartError {
  const cause = { cause: error };
  switch (codeOf(error)) {
    case 'EADDRINUSE': {
      const text = `Port ${port} on ${host} is in use. Stop the program that has it, or choose another with ${portFlag}.`;
      return new ServiceStartError('address-in-use', text, cause);
    }
    case 'EACCES':
      return new ServiceStartError(
        'listen-failed',
        `Port ${port} needs rights that this user lacks. Choose one from 1024 on with ${portFlag}.`,
        cause,
      );
    default: {
      const why = error instanceof Error ? error.message : String(error);
      return new ServiceStartError(
        'listen-failed',
        `Cannot listen on ${host}, port ${port}: ${why}. Check --host.`,
        cause,
      );
    }
  }
}
