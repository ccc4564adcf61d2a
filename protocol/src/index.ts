// The contract between clients, the service and app servers, as far as everybody needs it: the hub protocol in JSON,
// the handshake, framing, negotiate answers, connection strings, URLs and claims. Two more entries keep their weight to
// those who need it: `@signalite/protocol/messagepack` and `@signalite/protocol/service`.

export { BinaryFrameReader, writeBinaryFrame } from './hub/binary-framing.ts';
export type {
  HandshakeRequest,
  HandshakeResponse,
  ParsedHandshakeRequest,
  ParsedHandshakeResponse,
} from './hub/handshake.ts';
export {
  encodeHandshakeRequest,
  encodeHandshakeResponse,
  parseHandshakeRequest,
  parseHandshakeResponse,
} from './hub/handshake.ts';
export type { HubMessageReader, HubMessageReaderOptions, HubProtocol } from './hub/hub-protocol.ts';
export { TransferFormat } from './hub/hub-protocol.ts';
export { jsonHubProtocol } from './hub/json-hub-protocol.ts';
export { HubMessageType } from './hub/message-type.ts';
export type {
  AckMessage,
  CancelInvocationMessage,
  CloseMessage,
  CompletionMessage,
  DecodedHubMessage,
  HubMessage,
  HubMessageHeaders,
  InvocationMessage,
  PingMessage,
  SequenceMessage,
  StreamInvocationMessage,
  StreamItemMessage,
  UnknownHubMessage,
} from './hub/messages.ts';
export { RECORD_SEPARATOR, TextFrameReader, writeTextFrame } from './hub/text-framing.ts';
export {
  RESERVED_CLAIM_NAMES,
  SERVICE_CLAIM_PREFIX,
  ServiceClaim,
  USER_CLAIM_PREFIX,
} from './negotiate/claim-names.ts';
export {
  claimNameOf,
  claimTypeOf,
  NAME_CLAIM_TYPE,
  NAME_IDENTIFIER_CLAIM_TYPE,
  ROLE_CLAIM_TYPE,
} from './negotiate/claim-types.ts';
export { claimsFromJwt, userIdOf } from './negotiate/claims.ts';
export type { ConnectionString, ConnectionStringParts } from './negotiate/connection-string.ts';
export { formatConnectionString, parseConnectionString } from './negotiate/connection-string.ts';
export type { ConnectionStringAuth, EntraCredential } from './negotiate/connection-string-auth.ts';
export type { ClientUrlOptions, RestUrlOptions, ServerUrlOptions } from './negotiate/endpoint-paths.ts';
export {
  APPLICATION_NAME_PATTERN,
  accessKeyUrl,
  audienceFor,
  CLIENT_PATH,
  clientUrl,
  HUB_NAME_PART_PATTERN,
  HUB_NAME_PATTERN,
  healthUrl,
  hubKey,
  NEWEST_REST_API_VERSION,
  REST_API_VERSION,
  restHubUrl,
  SERVER_PATH,
  serverUrl,
} from './negotiate/endpoint-paths.ts';
export type {
  AvailableTransport,
  NegotiateConnection,
  NegotiateError,
  NegotiateRedirect,
  NegotiateResponse,
} from './negotiate/negotiate-response.ts';
export { encodeNegotiateResponse, parseNegotiateResponse, TransportName } from './negotiate/negotiate-response.ts';
export type { NegotiateVersion } from './negotiate/negotiate-version.ts';
export { negotiateVersion } from './negotiate/negotiate-version.ts';
export type { ProtocolErrorCode } from './protocol-error.ts';
export { ProtocolError } from './protocol-error.ts';
export type { Claim } from './service/messages.ts';
