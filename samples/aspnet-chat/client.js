// The page asks for a SignalR client: here it is Microsoft's own.
import './signalr.js';

export const { HubConnectionBuilder } = globalThis.signalR;
