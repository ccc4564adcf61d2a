/** Numeric tags of hub messages, as on the wire (client-protocol 3.3). */
export const HubMessageType = {
  Invocation: 1,
  StreamItem: 2,
  Completion: 3,
  StreamInvocation: 4,
  CancelInvocation: 5,
  Ping: 6,
  Close: 7,
  Ack: 8,
  Sequence: 9,
} as const;
export type HubMessageType = (typeof HubMessageType)[keyof typeof HubMessageType];
