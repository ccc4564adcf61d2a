import type { ConnectionDataMessage } from '@signalite/protocol/service';
import type { LinkedClient } from '../hub/server-link.ts';
import type { WholeMessages } from './whole-messages.ts';

/**
 * What is left of a link when its client went on to another app server: the old one may still have sent, or still send,
 * answers of hub methods that it began to run, and they belong to the client (service-protocol 12.1). Only whole hub
 * messages get through, between those of the new app server. How the old one ends the client for itself is not the
 * client's business any more.
 */
export class ReleasedLink {
  readonly #client: LinkedClient;
  readonly #heldBytesMax: number;
  #whole: WholeMessages | undefined;

  /** `whole`: as the link had it, with the start of a message that the app server had begun. */
  constructor(client: LinkedClient, whole: WholeMessages, heldBytesMax: number) {
    this.#client = client;
    this.#whole = whole;
    this.#heldBytesMax = heldBytesMax;
  }

  received({ payload }: ConnectionDataMessage): void {
    if (this.#whole === undefined || payload.length === 0) return;
    const cut = this.#whole.push(payload);
    if (cut === undefined) {
      // Never whole: nobody waits for the rest.
      if (this.#whole.tailBytes > this.#heldBytesMax) this.#whole = undefined;
      return;
    }
    const messages = cut.endsWithClose ? cut.messages.subarray(0, cut.lastStart) : cut.messages;
    if (messages.length > 0) this.#client.linkReceived(messages, cut.endsWithClose ? cut.count - 1 : cut.count, false);
  }

  closedByServer(): void {
    // It was told that the client is not its own any more.
  }
}
