import { type HubFrame, hubFrameAt } from './hub-frame.ts';
import { UnfinishedMessage } from './unfinished-message.ts';

/** One whole hub message and where it lies. A view, valid until the stream is read on. */
export interface StreamedFrame {
  readonly all: Buffer;
  readonly frame: HubFrame;
  /** The message with its framing. */
  readonly whole: Buffer;
}

/** Cuts a stream of bytes that may be split or joined anywhere into whole hub messages. */
export class HubFrameStream {
  readonly #isText: boolean;
  #unfinished = new UnfinishedMessage();

  constructor(isText: boolean) {
    this.#isText = isText;
  }

  /** Bytes of a message whose rest is still to come. */
  get pendingBytes(): number {
    return this.#unfinished.length;
  }

  /** The messages that are whole with these bytes. Who stops before the last one must not read on. */
  *read(bytes: Buffer): Generator<StreamedFrame, void> {
    const searched = this.#unfinished.length;
    const all = searched === 0 ? bytes : this.#unfinished.add(bytes);
    let at = 0;
    while (at < all.length) {
      const frame = hubFrameAt(all, at, this.#isText, searched);
      if (frame === undefined) break;
      yield { all, frame, whole: all.subarray(at, frame.end) };
      at = frame.end;
    }
    if (at > 0 || searched === 0) this.#unfinished.begin(all.subarray(at));
  }

  /** Forgets the start of a message whose rest will not come. */
  reset(): void {
    this.#unfinished = new UnfinishedMessage();
  }
}
