/** Why a token was refused, with what the peer is told (rest-api 3.2). */
export interface TokenRefusal {
  readonly status: 401 | 403 | 503;
  /** Value of `WWW-Authenticate`, with 401. */
  readonly challenge?: string;
  /** Short sentence for the body on `/client` and `/server`. */
  readonly text: string;
  /** No access key signed it: somebody else may have. */
  readonly isOtherIssuer?: boolean;
}

function invalid(description: string, text: string) {
  const challenge = `Bearer error="invalid_token", error_description="${description}"`;
  return { status: 401, challenge, text } as const;
}

export const TokenRefusals = {
  missing: {
    status: 401,
    challenge: 'Bearer',
    text: 'An access token is needed: send it as "Authorization: Bearer <token>" or in the access_token query parameter.',
  },
  malformed: {
    status: 401,
    challenge: 'Bearer',
    text: 'The access token is not a JSON Web Token signed with HS256 or HS512.',
    isOtherIssuer: true,
  },
  signature: {
    ...invalid(
      'The signature key was not found',
      'The access token is signed with a key that this service does not have. Compare the AccessKey of the connection string.',
    ),
    isOtherIssuer: true,
  },
  handedOutKey: invalid(
    'The signature key was not found',
    'The access token is signed with a key that was handed out for a while and is over. Get a new one from /api/v1/auth/accessKey.',
  ),
  audience: invalid(
    'The audience is invalid',
    'The access token was made for another address: its audience must name this path and hub.',
  ),
  expired: invalid('The token is expired', 'The access token is expired. Negotiate again to get a new one.'),
  notYetValid: invalid(
    'The token is not yet valid',
    'The access token is not valid yet. Compare the clocks of the app server and of this service.',
  ),
  withoutExpiry: invalid('The token has no expiration', 'The access token needs an "exp" claim.'),
  localAuthOff: {
    status: 403,
    text: 'Tokens of access keys are not accepted here: the service takes app servers with Microsoft Entra ID only.',
  },
  entraAuthOff: {
    status: 403,
    text: 'Tokens of Microsoft Entra ID are not accepted here. Use a connection string with an AccessKey.',
  },
  entraSignature: invalid(
    'The signature key was not found',
    'The token of Microsoft Entra ID is not signed by the issuer whose tokens this service accepts.',
  ),
  entraIssuer: invalid(
    'The issuer is invalid',
    'The token of Microsoft Entra ID is of another issuer than this service accepts. Compare its "iss" with --entra-issuer.',
  ),
  entraAudience: invalid(
    'The audience is invalid',
    'The token of Microsoft Entra ID was made for another service. Ask for the scope https://signalr.azure.com/.default.',
  ),
  entraKeysUnavailable: {
    status: 503,
    text: 'The token of Microsoft Entra ID cannot be checked: the keys of its issuer are out of reach. Try again later.',
  },
} as const satisfies Record<string, TokenRefusal>;
