import type { OutboundRecord } from './outbound-record.ts';

const EMPTY: OutboundRecord[] = [];

/** What waits for one client, in order, counted in bytes. The owner decides what to do over the bound. */
export class OutboundQueue {
  #records: OutboundRecord[] = EMPTY;
  #bytes = 0;
  #wasTaken = false;

  /** Bytes that wait here. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** True when something was taken since this was asked last. */
  askTaken(): boolean {
    const wasTaken = this.#wasTaken;
    this.#wasTaken = false;
    return wasTaken;
  }

  push(record: OutboundRecord): void {
    // An idle client shares one empty array instead of keeping its own.
    if (this.#records === EMPTY) this.#records = [record];
    else this.#records.push(record);
    this.#bytes += record.frame.length;
  }

  /** Hands records over, in order, as long as `wants` says so; the rest stays. */
  takeWhile(wants: (record: OutboundRecord) => boolean): OutboundRecord[] {
    const refused = this.#records.findIndex((record) => !wants(record));
    if (refused < 0) return this.takeAll();
    const taken = this.#records.splice(0, refused);
    for (const { frame } of taken) this.#bytes -= frame.length;
    if (refused > 0) this.#wasTaken = true;
    return taken;
  }

  /** Hands all records over, in order, and is empty. */
  takeAll(): OutboundRecord[] {
    const records = this.#records;
    this.#records = EMPTY;
    this.#bytes = 0;
    this.#wasTaken = true;
    return records;
  }
}
