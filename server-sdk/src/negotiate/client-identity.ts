// Who a client is, and whether its hub lets it in (service-protocol 1.5, 2.4, 2.5; client-protocol 6.5).
import { claimTypeOf, userIdOf } from '@signalite/protocol';
import type { HubAuthorizationContext } from '../hub/authorization.ts';
import type { UserIdProvider } from '../hub/hub-extensions.ts';
import type { HubHttpRequest } from '../hub/hub-http-request.ts';
import { userOf } from '../hub/hub-user.ts';
import { type ClaimsInput, userClaims } from './client-claims.ts';

/** What a hub has to say about its clients. */
export interface HubAdmission {
  readonly userIdProvider?: UserIdProvider | undefined;
  readonly authorize?: ((context: HubAuthorizationContext) => boolean | Promise<boolean>) | undefined;
}

/** What the app says of one client at negotiate. */
export interface GivenIdentity {
  readonly userId: string | undefined;
  readonly claims: ClaimsInput;
}

/** The client's user id for its token; `status` when it is not let in. */
export type Admittance =
  | { readonly status: 'admitted'; readonly userId: string | undefined }
  /** 401: nobody knows who it is. 403: it is known, and may not. */
  | { readonly status: 401 | 403 };

/** Rejects when a function of the app does. */
export async function admit(
  { authorize, userIdProvider }: HubAdmission,
  given: GivenIdentity,
  describe: () => HubHttpRequest,
): Promise<Admittance> {
  const isNamed = given.userId !== undefined && given.userId !== '';
  const needsProvider = !isNamed && userIdProvider !== undefined;
  if (!needsProvider && authorize === undefined) return { status: 'admitted', userId: given.userId };
  const user = userOf(
    userClaims(given.claims).map(([type, value]) => ({ type: claimTypeOf(type), value: String(value) })),
  );
  const request = describe();
  const userId = needsProvider ? userIdProvider(user, request) : given.userId;
  // A user id that is empty counts for nothing, here as in the service.
  const userIdentifier = userId || userIdOf(user.claims);
  if (authorize === undefined || (await authorize({ user, userIdentifier, request }))) {
    return { status: 'admitted', userId };
  }
  return { status: user.isAuthenticated || userIdentifier !== undefined ? 403 : 401 };
}
