import { WebSocket } from 'ws';

const DEADLINE_MS = 10_000;

/** Resolves when the other end has read everything that was sent to it: it has answered a WebSocket ping, or is gone. */
export function fence(webSocket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    if (webSocket.readyState !== WebSocket.OPEN) {
      resolve();
      return;
    }
    const timer = setTimeout(() => done(new Error('no pong came in time')), DEADLINE_MS);
    const passed = () => done();
    const done = (error?: Error) => {
      clearTimeout(timer);
      webSocket.off('pong', passed);
      webSocket.off('close', passed);
      if (error === undefined) resolve();
      else reject(error);
    };
    webSocket.on('pong', passed);
    webSocket.on('close', passed);
    webSocket.ping();
  });
}
