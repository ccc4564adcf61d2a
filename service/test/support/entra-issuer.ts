import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

const ISSUER = 'https://sts.windows.net/5161a117-0000-4000-8000-00000000000a/';
const AUDIENCE = 'https://signalr.azure.com';

interface IssuerKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly keyId: string;
}

export interface EntraTokenOptions {
  readonly issuer?: string;
  readonly audience?: string | string[];
  /** Seconds from now; null leaves the claim out. Default 1 h. */
  readonly expiresIn?: number | null;
  readonly notBefore?: number;
  /** Default: that of the key. */
  readonly keyId?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** An issuer of tokens as Microsoft Entra ID is one, with its keys on a port of this machine. */
export class EntraIssuer implements AsyncDisposable {
  readonly issuer = ISSUER;
  /** How often its keys were fetched. */
  fetches = 0;
  /** Answers in place of the keys. */
  answer: ((response: ServerResponse) => void) | undefined;
  #key: IssuerKey;
  #published: readonly JWK[];
  readonly #server: Server;

  private constructor(server: Server, key: IssuerKey) {
    this.#server = server;
    this.#key = key;
    this.#published = [key.publicJwk];
    server.on('request', (_request, response) => {
      this.fetches += 1;
      if (this.answer !== undefined) this.answer(response);
      else response.end(JSON.stringify({ keys: this.#published }));
    });
  }

  static async start(): Promise<EntraIssuer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EntraIssuer(server, await createKey('first'));
  }

  /** For `startService({ entra })`. */
  get options() {
    return { mode: 'verify', issuer: ISSUER, jwks: this.jwks } as const;
  }

  get jwks(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the issuer does not listen');
    return `http://127.0.0.1:${address.port}/keys`;
  }

  /** Signs with a new key from now on, and publishes it alone. */
  async rotate(): Promise<void> {
    this.#key = await createKey('second');
    this.#published = [this.#key.publicJwk];
  }

  token({ issuer = ISSUER, audience = AUDIENCE, ...options }: EntraTokenOptions = {}): Promise<string> {
    const { expiresIn = 3600, notBefore = 0, keyId = this.#key.keyId, claims = {} } = options;
    const now = Math.floor(Date.now() / 1000);
    const token = new SignJWT({ sub: 'an object id', oid: 'an object id', ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keyId })
      .setIssuer(issuer)
      .setAudience(audience)
      .setNotBefore(now + notBefore);
    if (expiresIn !== null) token.setExpirationTime(now + expiresIn);
    return token.sign(this.#key.privateKey);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function createKey(keyId: string): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid: keyId, use: 'sig' }, keyId };
}
