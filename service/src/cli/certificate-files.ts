import { readFile } from 'node:fs/promises';
import type { PemCertificate, PfxCertificate } from '../config/service-options.ts';
import { ServiceStartError } from '../errors.ts';

/** What the command line says of a certificate. */
export interface CertificateOptions {
  readonly https: boolean;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly pfx?: string | undefined;
  readonly pfxPassword?: string | undefined;
}

/** Reads a given certificate; undefined when none is given. Throws `ServiceStartError`. */
export async function readCertificate(
  options: CertificateOptions,
): Promise<PemCertificate | PfxCertificate | undefined> {
  const { cert, key, pfx, pfxPassword } = options;
  if (pfx !== undefined) {
    if (cert !== undefined || key !== undefined) throw wrong('Give --pfx, or --cert with --key, not both.');
    return { pfx: await read('--pfx', pfx), ...(pfxPassword === undefined ? {} : { passphrase: pfxPassword }) };
  }
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw wrong('--cert and --key belong together: both name PEM files.');
  return { cert: await read('--cert', cert), key: await read('--key', key) };
}

async function read(flag: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw wrong(`The file of ${flag} cannot be read: ${path}. Check its path and its rights.`, cause);
  }
}

function wrong(message: string, cause?: unknown): ServiceStartError {
  return new ServiceStartError('invalid-option', message, { cause });
}
