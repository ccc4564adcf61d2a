/**
 * How tokens of access keys are checked (service-protocol 2.2): `strict` looks at signature, lifetime and audience,
 * `lenient` at the signature alone, as the official emulator does, `off` at nothing: tokens are not even needed.
 */
export const AuthMode = { Strict: 'strict', Lenient: 'lenient', Off: 'off' } as const;
export type AuthMode = (typeof AuthMode)[keyof typeof AuthMode];
