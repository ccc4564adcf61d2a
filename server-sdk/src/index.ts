// Hubs in TypeScript, served through signalite or Azure SignalR Service. Everything that an app needs is exported here.

export type { Claim } from '@signalite/protocol';
export { TransportName } from '@signalite/protocol';
export { AzureSignalR, type AzureSignalROptions, withAzureSignalR } from './azure-signalr.ts';
export type {
  AccessTokenCallback,
  EndpointCredential,
  EntraAccessToken,
  TokenCredential,
} from './endpoints/credential.ts';
export type { EndpointInfo, EndpointRouter } from './endpoints/endpoint-router.ts';
export { type Environment, endpointsFromEnvironment } from './endpoints/endpoints-from-environment.ts';
export { type EndpointOptions, EndpointType } from './endpoints/service-endpoint.ts';
export { HubException, SignalRServerError, type SignalRServerErrorCode } from './errors.ts';
export {
  type AuthorizationSubject,
  type HubAuthorizationContext,
  type Requirement,
  requireClaim,
  requireRole,
  requireUser,
} from './hub/authorization.ts';
export type { ClientProxy, InvokeOptions, SingleClientProxy } from './hub/client-proxy.ts';
export type { GroupManager } from './hub/group-manager.ts';
export { type ContractOf, Hub, type HubLifecycle } from './hub/hub.ts';
export type { HubCallerContext, HubMigration } from './hub/hub-caller-context.ts';
export type { HubCallerClients, HubClients } from './hub/hub-clients.ts';
export type { HubContext } from './hub/hub-context.ts';
export type {
  ClientMethodArguments,
  ClientMethodName,
  ClientMethodResult,
  HubContract,
  HubMethodResult,
  HubMethods,
  HubStream,
  UntypedHubContract,
} from './hub/hub-contract.ts';
export type { HubExtensions, ShutdownHook, UserIdProvider } from './hub/hub-extensions.ts';
export type {
  HubFilter,
  HubInvocation,
  HubInvocationContext,
  HubLifetimeContext,
  NextConnected,
  NextDisconnected,
  NextInvocation,
} from './hub/hub-filter.ts';
export type { HubHttpRequest } from './hub/hub-http-request.ts';
export type { HubUser } from './hub/hub-user.ts';
export {
  defineMethods,
  type MethodOptions,
  type MethodTableOptions,
  type UploadParameter,
} from './hub/method-options.ts';
export type { HubClass, ServableHub } from './hub/method-table.ts';
export type { StandardIssue, StandardResult, StandardSchema } from './hub/standard-schema.ts';
export type { HubEntries, HubEntry, HubRegistration } from './hub-registration.ts';
export { consoleLogger, type LogFields, type Logger } from './log/logger.ts';
export type { ClientAccess, ClientAccessOptions } from './management/client-access.ts';
export type { ClientManager } from './management/client-manager.ts';
export type { ConnectionGroupManager } from './management/connection-group-manager.ts';
export type { GroupMember, GroupMembersOptions } from './management/group-members.ts';
export type { ManagedHub } from './management/managed-hub.ts';
export { createManagementClient, type ManagementClient } from './management/management-client.ts';
export {
  DEFAULT_MANAGEMENT_OPTIONS,
  type ManagementDefaults,
  type ManagementOptions,
  type ManagementTransport,
} from './management/management-options.ts';
export { RequestRefusedError } from './management/rest/request-refused-error.ts';
export type { UserGroupManager, UserGroupOptions } from './management/user-group-manager.ts';
export type { ClaimsInput, ClaimValue } from './negotiate/client-claims.ts';
export type { NegotiateOptions, PerRequest } from './negotiate/negotiate.ts';
export type {
  FastifyNegotiateHandler,
  FastifyReplyLike,
  FastifyRequestLike,
  NegotiateListener,
} from './negotiate/negotiate-handlers.ts';
export {
  DEFAULT_HUB_OPTIONS,
  type HubDefaults,
  type HubOptions,
  type HubProtocolName,
  type ResolvedHubOptions,
  type ShutdownMode,
  type SignalROptions,
} from './options.ts';
