/** `readyState` of an open WebSocket. */
export const WEB_SOCKET_OPEN = 1;
/** A close that says that all is well. */
export const NORMAL_CLOSURE = 1000;
