import type { Check } from './check.ts';
import { ACK_CHECKS } from './checks/acks.ts';
import { CLASSIC_CHECKS } from './checks/classic.ts';
import { CLIENT_LIFE_CHECKS } from './checks/client-life.ts';
import { CLIENT_RESULT_CHECKS } from './checks/client-results.ts';
import { CLOSING_CHECKS } from './checks/closing.ts';
import { DOTNET_CLIENT_CHECKS } from './checks/dotnet-client.ts';
import { EVENT_STREAM_CHECKS } from './checks/event-stream.ts';
import { GENERATION_CHECKS } from './checks/generations.ts';
import { GROUP_CHECKS } from './checks/groups.ts';
import { HUB_HANDSHAKE_CHECKS } from './checks/hub-handshake.ts';
import { HUB_PROTOCOL_CHECKS } from './checks/hub-protocol.ts';
import { LIMIT_CHECKS } from './checks/limits.ts';
import { LONG_POLLING_CHECKS } from './checks/long-polling.ts';
import { NEGOTIATE_CHECKS } from './checks/negotiate.ts';
import { ORDERING_CHECKS } from './checks/ordering.ts';
import { RECORDED_SDK_CHECKS } from './checks/recorded-sdk.ts';
import { RELEASED_CLIENT_CHECKS } from './checks/released-client.ts';
import { REST_CALL_CHECKS } from './checks/rest-calls.ts';
import { REST_CLOSING_CHECKS } from './checks/rest-closing.ts';
import { REST_GROUP_CHECKS } from './checks/rest-groups.ts';
import { REST_REFUSAL_CHECKS } from './checks/rest-refusals.ts';
import { REST_ROUTE_CHECKS } from './checks/rest-routes.ts';
import { REST_SEND_CHECKS } from './checks/rest-sends.ts';
import { SEND_CHECKS } from './checks/sends.ts';
import { SERVER_CONNECTION_CHECKS } from './checks/server-connections.ts';
import { SERVER_HANDSHAKE_CHECKS } from './checks/server-handshake.ts';
import { SERVERLESS_CHECKS } from './checks/serverless.ts';
import { SERVICE_PING_CHECKS } from './checks/service-pings.ts';
import { SHUTDOWN_CHECKS } from './checks/shutdown.ts';
import { STATEFUL_RECONNECT_CHECKS } from './checks/stateful-reconnect.ts';
import { STATUS_CODE_CHECKS } from './checks/status-codes.ts';
import { TOKEN_CHECKS } from './checks/tokens.ts';
import { UPSTREAM_CHECKS } from './checks/upstream.ts';
import { USER_CHECKS } from './checks/users.ts';
import { WEB_SOCKET_CHECKS } from './checks/web-sockets.ts';

/** Every check, area by area. */
export const CATALOGUE: readonly Check[] = [
  ...NEGOTIATE_CHECKS,
  ...TOKEN_CHECKS,
  ...SERVER_HANDSHAKE_CHECKS,
  ...SERVER_CONNECTION_CHECKS,
  ...CLIENT_LIFE_CHECKS,
  ...SEND_CHECKS,
  ...GROUP_CHECKS,
  ...USER_CHECKS,
  ...ACK_CHECKS,
  ...CLIENT_RESULT_CHECKS,
  ...ORDERING_CHECKS,
  ...SHUTDOWN_CHECKS,
  ...SERVERLESS_CHECKS,
  ...UPSTREAM_CHECKS,
  ...CLASSIC_CHECKS,
  ...RELEASED_CLIENT_CHECKS,
  ...EVENT_STREAM_CHECKS,
  ...LONG_POLLING_CHECKS,
  ...STATUS_CODE_CHECKS,
  ...WEB_SOCKET_CHECKS,
  ...HUB_HANDSHAKE_CHECKS,
  ...HUB_PROTOCOL_CHECKS,
  ...LIMIT_CHECKS,
  ...REST_ROUTE_CHECKS,
  ...REST_SEND_CHECKS,
  ...REST_GROUP_CHECKS,
  ...REST_CLOSING_CHECKS,
  ...REST_CALL_CHECKS,
  ...REST_REFUSAL_CHECKS,
  ...STATEFUL_RECONNECT_CHECKS,
  ...GENERATION_CHECKS,
  ...SERVICE_PING_CHECKS,
  ...RECORDED_SDK_CHECKS,
  ...DOTNET_CLIENT_CHECKS,
  ...CLOSING_CHECKS,
];
