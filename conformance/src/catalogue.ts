import type { Check } from './check.ts';
import { CLASSIC_CHECKS } from './checks/classic.ts';
import { CLIENT_LIFE_CHECKS } from './checks/client-life.ts';
import { NEGOTIATE_CHECKS } from './checks/negotiate.ts';
import { RELEASED_CLIENT_CHECKS } from './checks/released-client.ts';
import { SERVER_CONNECTION_CHECKS } from './checks/server-connections.ts';
import { SERVER_HANDSHAKE_CHECKS } from './checks/server-handshake.ts';
import { SERVERLESS_CHECKS } from './checks/serverless.ts';
import { SHUTDOWN_CHECKS } from './checks/shutdown.ts';
import { TOKEN_CHECKS } from './checks/tokens.ts';
import { UPSTREAM_CHECKS } from './checks/upstream.ts';

/** Every check, area by area. */
export const CATALOGUE: readonly Check[] = [
  ...NEGOTIATE_CHECKS,
  ...TOKEN_CHECKS,
  ...SERVER_HANDSHAKE_CHECKS,
  ...SERVER_CONNECTION_CHECKS,
  ...CLIENT_LIFE_CHECKS,
  ...SHUTDOWN_CHECKS,
  ...SERVERLESS_CHECKS,
  ...UPSTREAM_CHECKS,
  ...CLASSIC_CHECKS,
  ...RELEASED_CLIENT_CHECKS,
];
