// What the two hubs and their clients say to each other. The hubs implement it, clients are typed by it.

/** A message to everybody, or to a room. */
export interface ChatMessage {
  readonly from: string;
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
  /** Null: to everybody. */
  readonly room: string | null;
}

export interface DirectMessage {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly at: string;
}

export interface Notification {
  readonly topic: string;
  readonly title: string;
  readonly text: string;
  readonly at: string;
}

export interface ChatContract {
  server: {
    /** Takes a name and gives the names of all who are here. */
    register(name: string): string[];
    sendToAll(text: string): void;
    joinRoom(room: string): void;
    leaveRoom(room: string): void;
    sendToRoom(room: string, text: string): void;
    sendDirect(to: string, text: string): void;
  };
  client: {
    userJoined(name: string): void;
    userLeft(name: string): void;
    messageReceived(message: ChatMessage): void;
    systemMessage(room: string, text: string): void;
    directReceived(message: DirectMessage): void;
  };
}

export interface NotificationContract {
  server: {
    subscribe(topic: string): void;
    unsubscribe(topic: string): void;
  };
  client: {
    notified(notification: Notification): void;
  };
}
