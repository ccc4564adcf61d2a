import { type ClientOptions, WebSocket } from 'ws';
import type { Inbound } from './inbound.ts';

type ObservedConstructor = new (url: string, protocols?: string, options?: ClientOptions) => WebSocket;

/** The constructor that a SignalR client uses for its WebSockets: what comes in is told before the client reads it. */
export function observedWebSocket(inbound: Inbound, created: (webSocket: WebSocket) => void): ObservedConstructor {
  return class ObservedWebSocket extends WebSocket {
    constructor(url: string, protocols?: string, options?: ClientOptions) {
      super(url, protocols ?? [], options);
      created(this);
      this.on('message', (data, isBinary) => {
        const bytes = data instanceof ArrayBuffer ? Buffer.from(data) : data;
        if (Buffer.isBuffer(bytes)) inbound.push(bytes, isBinary);
      });
    }
  };
}
