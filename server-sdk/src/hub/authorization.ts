// Who may connect to a hub and call its methods (client-protocol 6.5).
import type { HubHttpRequest } from './hub-http-request.ts';
import type { HubUser } from './hub-user.ts';

/** Whom a requirement is asked about. `HubCallerContext` is one. */
export interface AuthorizationSubject {
  /** The claims that the app gave at negotiate. */
  readonly user: HubUser;
  /** The user id; undefined for an anonymous client. */
  readonly userIdentifier: string | undefined;
}

/** Whom a hub lets in, or not, at negotiate. */
export interface HubAuthorizationContext extends AuthorizationSubject {
  /** The negotiate request. */
  readonly request: HubHttpRequest;
}

/** A condition that clients meet or do not: for `authorize` of a hub, and of a method. */
export type Requirement = (subject: AuthorizationSubject) => boolean;

/** Met by everybody of whom the app gave a user id or a claim. */
export const requireUser: Requirement = ({ user, userIdentifier }) =>
  user.isAuthenticated || userIdentifier !== undefined;

/**
 * Met by users in at least one of the roles, that is, with a claim `role` of this value.
 *
 * @throws TypeError when no role is named.
 */
export function requireRole(...roles: readonly string[]): Requirement {
  if (roles.length === 0) throw new TypeError('requireRole needs at least one role.');
  return ({ user }) => roles.some((role) => user.isInRole(role));
}

/**
 * Met by users with a claim of this type, by its short name or its full one, and, where values are named, with at least
 * one of these values.
 */
export function requireClaim(type: string, ...allowedValues: readonly string[]): Requirement {
  return ({ user }) => {
    const values = user.values(type);
    return allowedValues.length === 0 ? values.length > 0 : values.some((value) => allowedValues.includes(value));
  };
}
