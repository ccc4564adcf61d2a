/** One who is in the expected scene. */
export interface Person {
  readonly name: string;
  readonly protocol: 'json' | 'messagepack';
}

/** The lines of a stage on which people call hub methods and hear each other: what they must be. */
export class ExpectedScene {
  readonly lines: string[] = [];
  readonly #heard = new Map<Person, string[]>();
  readonly #calls = new Map<Person, number>();

  chapter(title: string): void {
    this.lines.push(`# ${title}`);
  }

  connects(person: Person): void {
    this.lines.push(`${person.name} is connected`);
    this.#heard.set(person, ['{}']);
  }

  invokes(person: Person, call: string, result: unknown): void {
    this.lines.push(`${person.name}: ${call} = ${JSON.stringify(result)}`);
    const id = String(this.#calls.get(person) ?? 0);
    this.#calls.set(person, Number(id) + 1);
    const message = person.protocol === 'json' ? { type: 3, invocationId: id, result } : [3, {}, id, 3, result];
    this.#hears(person, message);
  }

  /** Everybody who is still there gets a text. */
  receive(text: string): void {
    for (const person of this.#heard.keys()) {
      const isJson = person.protocol === 'json';
      this.#hears(person, isJson ? { type: 1, target: 'received', arguments: [text] } : received(text));
    }
  }

  leaves(person: Person): void {
    this.#heard.delete(person);
  }

  /** As `Stage.tell`. */
  tell(): void {
    for (const [person, heard] of this.#heard) {
      this.lines.push(...heard.map((message) => `${person.name} < ${message}`));
      this.#heard.set(person, []);
    }
  }

  #hears(person: Person, message: unknown): void {
    this.#heard.get(person)?.push(JSON.stringify(message));
  }
}

function received(text: string): unknown {
  return [1, {}, null, 'received', [text], []];
}
