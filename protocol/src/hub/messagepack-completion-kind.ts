/** What the number in a MessagePack Completion says about the element behind it (client-protocol 3.3). */
export const CompletionKind = { Error: 1, Void: 2, Value: 3 } as const;
