import type { Fault } from './fault.ts';
import { ACK_FAULTS } from './rows/acks.ts';
import { CLIENT_LIFE_FAULTS } from './rows/client-life.ts';
import { CLIENT_RESULT_FAULTS } from './rows/client-results.ts';
import { CLOSING_FAULTS } from './rows/closing.ts';
import { DOTNET_CLIENT_FAULTS } from './rows/dotnet-client.ts';
import { EVENT_STREAM_FAULTS } from './rows/event-stream.ts';
import { GENERATION_FAULTS } from './rows/generations.ts';
import { GROUP_FAULTS } from './rows/groups.ts';
import { HUB_HANDSHAKE_FAULTS } from './rows/hub-handshake.ts';
import { HUB_PROTOCOL_FAULTS } from './rows/hub-protocol.ts';
import { LIMIT_FAULTS } from './rows/limits.ts';
import { LONG_POLLING_FAULTS } from './rows/long-polling.ts';
import { NEGOTIATE_FAULTS } from './rows/negotiate.ts';
import { ORDERING_FAULTS } from './rows/ordering.ts';
import { RECORDED_SDK_FAULTS } from './rows/recorded-sdk.ts';
import { RELEASED_CLIENT_FAULTS } from './rows/released-client.ts';
import { REST_FAULTS } from './rows/rest.ts';
import { SEND_FAULTS } from './rows/sends.ts';
import { SERVER_CONNECTION_FAULTS } from './rows/server-connections.ts';
import { SERVER_HANDSHAKE_FAULTS } from './rows/server-handshake.ts';
import { SERVERLESS_FAULTS } from './rows/serverless.ts';
import { SERVICE_PING_FAULTS } from './rows/service-pings.ts';
import { SHUTDOWN_FAULTS } from './rows/shutdown.ts';
import { STATEFUL_RECONNECT_FAULTS } from './rows/stateful-reconnect.ts';
import { STATUS_CODE_FAULTS } from './rows/status-codes.ts';
import { TOKEN_FAULTS } from './rows/tokens.ts';
import { UPSTREAM_FAULTS } from './rows/upstream.ts';
import { USER_FAULTS } from './rows/users.ts';
import { WEB_SOCKET_FAULTS } from './rows/web-sockets.ts';

/** Every known way to be wrong, each with the checks that must notice. */
export const ALL_FAULTS: readonly Fault[] = [
  ...NEGOTIATE_FAULTS,
  ...TOKEN_FAULTS,
  ...SERVER_HANDSHAKE_FAULTS,
  ...SERVER_CONNECTION_FAULTS,
  ...CLIENT_LIFE_FAULTS,
  ...SEND_FAULTS,
  ...GROUP_FAULTS,
  ...USER_FAULTS,
  ...ACK_FAULTS,
  ...CLIENT_RESULT_FAULTS,
  ...ORDERING_FAULTS,
  ...SHUTDOWN_FAULTS,
  ...SERVERLESS_FAULTS,
  ...UPSTREAM_FAULTS,
  ...RELEASED_CLIENT_FAULTS,
  ...EVENT_STREAM_FAULTS,
  ...LONG_POLLING_FAULTS,
  ...STATUS_CODE_FAULTS,
  ...WEB_SOCKET_FAULTS,
  ...HUB_HANDSHAKE_FAULTS,
  ...HUB_PROTOCOL_FAULTS,
  ...LIMIT_FAULTS,
  ...REST_FAULTS,
  ...STATEFUL_RECONNECT_FAULTS,
  ...GENERATION_FAULTS,
  ...SERVICE_PING_FAULTS,
  ...RECORDED_SDK_FAULTS,
  ...DOTNET_CLIENT_FAULTS,
  ...CLOSING_FAULTS,
];

/** Checks of which it was shown that they can fail. */
export const PROVEN: ReadonlySet<string> = new Set(ALL_FAULTS.flatMap(({ turnsRed }) => turnsRed));
