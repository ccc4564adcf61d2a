/** What a target did is not what a check requires. The text says both in wire terms. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly expected: string;
  readonly came: string;

  constructor(expected: string, came: string) {
    super(`expected ${expected}; came ${came}`);
    this.expected = expected;
    this.came = came;
  }
}

/** A check could not be made: a peer of the suite failed, or the target refused what the check stands on. Counts as red. */
export class CouldNotTest extends Error {
  override readonly name = 'CouldNotTest';
}
