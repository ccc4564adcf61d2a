import type { Check } from './check.ts';
import { NEGOTIATE_CHECKS } from './checks/negotiate.ts';
import { SERVER_HANDSHAKE_CHECKS } from './checks/server-handshake.ts';
import { TOKEN_CHECKS } from './checks/tokens.ts';

/** Every check, area by area. */
export const CATALOGUE: readonly Check[] = [...NEGOTIATE_CHECKS, ...TOKEN_CHECKS, ...SERVER_HANDSHAKE_CHECKS];
