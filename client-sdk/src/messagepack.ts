import type { HubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';

/** The MessagePack hub protocol, for `withHubProtocol`. An entry of its own: who does not use it does not load it. */
export const messagePack: HubProtocol = messagePackHubProtocol;
