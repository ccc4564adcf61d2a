/** Why a token was refused, with what the peer is told (rest-api 3.2). */
export interface TokenRefusal {
  /** Value of `WWW-Authenticate`. */
  readonly challenge: string;
  /** Short sentence for the body on `/client` and `/server`. */
  readonly text: string;
  /** No access key signed it: somebody else may have. */
  readonly isOtherIssuer?: boolean;
}

function invalid(description: string, text: string): TokenRefusal {
  return { challenge: `Bearer error="invalid_token", error_description="${description}"`, text };
}

export const TokenRefusals = {
  missing: {
    challenge: 'Bearer',
    text: 'An access token is needed: send it as "Authorization: Bearer <token>" or in the access_token query parameter.',
  },
  malformed: {
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
} as const satisfies Record<string, TokenRefusal>;
