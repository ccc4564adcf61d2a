/** Says no to a person: the text reaches whoever called, as the error of the call. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
