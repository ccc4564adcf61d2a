// What becomes of tokens of Microsoft Entra ID (rest-api 3.4).

import { ServiceStartError } from '../errors.ts';
import { isLoopback } from './loopback.ts';

/**
 * How tokens of Microsoft Entra ID are checked: `off` refuses them, `trust` believes what they say, on loopback only, and
 * `verify` looks at their signature and their issuer.
 */
export const EntraMode = { Off: 'off', Trust: 'trust', Verify: 'verify' } as const;
export type EntraMode = (typeof EntraMode)[keyof typeof EntraMode];

/** Audience of tokens that SDKs get for Azure SignalR Service. */
export const DEFAULT_ENTRA_AUDIENCE = 'https://signalr.azure.com';

/** Which tokens of Microsoft Entra ID are accepted, of app servers and on REST calls. Clients never bring one. */
export interface EntraOptions {
  /** Default `off`. */
  readonly mode: EntraMode;
  /** The `iss` of tokens, exactly. Needed to verify: `https://sts.windows.net/<tenant id>/`. */
  readonly issuer?: string;
  /**
   * URL of the issuer's JSON Web Key Set. Needed to verify: `https://login.microsoftonline.com/<tenant id>/discovery/v2.0/keys`.
   */
  readonly jwks?: string;
  /** The `aud` of tokens; a trailing slash does not count. Default `https://signalr.azure.com`. */
  readonly audience?: string;
}

/** Which tokens are accepted, once the options were found to be usable. */
export type EntraRule =
  | { readonly mode: 'trust'; readonly audience: string }
  | { readonly mode: 'verify'; readonly audience: string; readonly issuer: string; readonly jwks: URL };

/** Undefined: none. Throws `ServiceStartError`. `host`: where the service listens. */
export function entraRuleOf(options: EntraOptions, host: string): EntraRule | undefined {
  const { mode, issuer = '', jwks = '', audience = DEFAULT_ENTRA_AUDIENCE } = options;
  if (audience === '') throw wrong('The audience of tokens of Microsoft Entra ID must not be empty.');
  if (mode === EntraMode.Verify) return { mode, audience, ...verifiable(issuer, jwks) };
  if (issuer !== '' || jwks !== '') {
    throw wrong('An issuer and its keys are of use to verify tokens of Microsoft Entra ID only: give --entra verify.');
  }
  if (mode === EntraMode.Off) return undefined;
  if (!isLoopback(host)) {
    throw wrong(
      'Without a check of their signature, tokens of Microsoft Entra ID open the service to everybody who reaches it. ' +
        'Listen on localhost, or verify them: --entra verify --entra-issuer <text> --entra-jwks <url>.',
    );
  }
  return { mode, audience };
}

function verifiable(issuer: string, jwks: string): { issuer: string; jwks: URL } {
  if (issuer === '' || jwks === '') {
    throw wrong(
      'To verify tokens of Microsoft Entra ID takes their issuer and the URL of its keys: --entra-issuer and --entra-jwks.',
    );
  }
  const url = URL.canParse(jwks) ? new URL(jwks) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return { issuer, jwks: url };
  throw wrong(
    'The keys of Microsoft Entra ID must be at an http or https URL, such as https://login.microsoftonline.com/<tenant id>/discovery/v2.0/keys.',
  );
}

function wrong(message: string): ServiceStartError {
  return new ServiceStartError('invalid-option', message);
}
