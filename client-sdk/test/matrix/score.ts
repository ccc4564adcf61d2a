import { type Observation, seatName, settingOf } from './observations.ts';
import { SETTINGS } from './play.ts';

/** Counts comparisons and says how they went. */
export class Score {
  readonly #print: (line: string) => void;
  readonly #equal = new Map<string, { equal: number; all: number }>();
  #passed = 0;
  #failed = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** One comparison; `difference` is undefined when there is none. */
  count(what: string, difference: string | undefined): void {
    if (difference === undefined) this.#passed += 1;
    else {
      this.#failed += 1;
      this.#print(`  DIFFERENT  ${what}\n${difference}`);
    }
  }

  /** A comparison that has its place in the table. */
  countSeat(observation: Observation, difference: string | undefined): void {
    const { client, scenario } = observation;
    this.count(`${scenario}: ${seatName(observation)}`, difference);
    const place = placeOf(client, settingOf(observation));
    const { equal, all } = this.#equal.get(place) ?? { equal: 0, all: 0 };
    this.#equal.set(place, { equal: equal + (difference === undefined ? 1 : 0), all: all + 1 });
  }

  /** Scenarios that are equal on both hubs, of how many: a row for each client. */
  table(clients: readonly string[]): string {
    const settings = SETTINGS.map(settingOf);
    const cells = clients.map((client) => [client, ...settings.map((setting) => this.#cell(placeOf(client, setting)))]);
    const rows = [['equal on the service and on Kestrel', ...settings], ...cells];
    const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
    return rows
      .map((row) =>
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      )
      .join('\n');
  }

  get summary(): string {
    return `${this.#passed} passed, ${this.#failed} failed`;
  }

  get isGood(): boolean {
    return this.#failed === 0 && this.#passed > 0;
  }

  #cell(place: string): string {
    const counts = this.#equal.get(place);
    return counts === undefined ? '-' : `${counts.equal} of ${counts.all}`;
  }
}

function placeOf(client: string, setting: string): string {
  return `${client}: ${setting}`;
}
