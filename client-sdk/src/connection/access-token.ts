import type { AccessTokenFactory } from './connection-options.ts';

/** The token of one connection (client-protocol 1.2). */
export interface AccessToken {
  /** The token in use; `isFresh` asks the app for a new one where the app gives the tokens. */
  read(isFresh: boolean): Promise<string | undefined>;
  /** From now on only this token is used: a redirect brought it. */
  replace(token: string): void;
  /** The token in use came from the app earlier: a new one may be better. */
  isStale(): boolean;
}

export function createAccessToken(factory: AccessTokenFactory | undefined): AccessToken {
  let current: string | undefined;
  return {
    async read(isFresh) {
      if (factory !== undefined && (isFresh || !current)) current = await factory();
      return current;
    },
    replace(token) {
      current = token;
      factory = undefined;
    },
    isStale: () => factory !== undefined && !!current,
  };
}
