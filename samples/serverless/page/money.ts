/** An amount as the house writes it, in florins. */
export function money(amount: number): string {
  return `ƒ${amount.toLocaleString('en')}`;
}
