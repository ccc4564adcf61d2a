import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const FOLDER = '.signalite';
const CERTIFICATE = 'localhost.crt';
const KEY = 'localhost.key';
const VALID_DAYS = 825;
const DAY_MS = 86_400_000;
const KEY_FILE_MODE = 0o600;

/** PEM texts. */
interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** The certificate for HTTPS on this machine, and where it lies. */
export interface DevelopmentCertificate extends Pair {
  readonly path: string;
  /** False when it was there before. */
  readonly isNew: boolean;
}

/** Takes the certificate for `localhost` from `folder`, or makes one there: on the first run, and when it runs out. */
export async function developmentCertificate(folder = join(homedir(), FOLDER)): Promise<DevelopmentCertificate> {
  const path = join(folder, CERTIFICATE);
  const found = await readPair(path, join(folder, KEY));
  if (found !== undefined && runsFor(found.cert) > DAY_MS) return { ...found, path, isNew: false };
  const made = await make();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, KEY), made.key, { mode: KEY_FILE_MODE });
  await writeFile(path, made.cert);
  return { ...made, path, isNew: true };
}

/** The one line that makes a machine trust it. */
export function trustLine(path: string, platform: NodeJS.Platform): string {
  switch (platform) {
    case 'darwin':
      return `sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain "${path}"`;
    case 'win32':
      return `certutil -user -addstore Root "${path}"`;
    default:
      return `sudo cp "${path}" /usr/local/share/ca-certificates/signalite.crt && sudo update-ca-certificates`;
  }
}

async function readPair(certPath: string, keyPath: string): Promise<Pair | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')]);
    return { cert, key };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Milliseconds until it runs out; what cannot be read has run out. */
function runsFor(cert: string): number {
  try {
    return Date.parse(new X509Certificate(cert).validTo) - Date.now();
  } catch {
    return 0;
  }
}

async function make(): Promise<Pair> {
  // Only whoever makes one pays for loading the library.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    keySize: 2048,
    notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, keyCertSign: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
