// An entry of its own: who does not use MessagePack does not load it.

export { messagePackHubProtocol as messagePack } from '@signalite/protocol/messagepack';
