import type { EndpointTokens, TokenContent } from './endpoint-tokens.ts';
import { SigningKey, type SigningOptions } from './signing-key.ts';

/** The tokens of an endpoint whose connection string has an access key. */
export class AccessKeyTokens implements EndpointTokens {
  readonly issuedKeys = undefined;
  readonly #key: SigningKey;

  constructor(accessKey: string, options: SigningOptions) {
    this.#key = new SigningKey(accessKey, options);
  }

  forServer(content: TokenContent): Promise<string> {
    return this.#key.sign(content);
  }

  forClient(content: TokenContent): Promise<string> {
    return this.#key.sign(content);
  }
}
