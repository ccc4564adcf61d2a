/** The element that the page has under an id; the page is wrong if it is missing. */
export function byId<T extends Element>(id: string, type: abstract new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} with the id ${id}.`);
}

export interface ElementOptions {
  readonly className?: string;
  /** Text goes in as text, never as markup. */
  readonly text?: string;
  readonly label?: string;
}

/** Makes an element with its children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { className, text, label }: ElementOptions = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== undefined) made.className = className;
  if (text !== undefined) made.textContent = text;
  if (label !== undefined) made.setAttribute('aria-label', label);
  made.append(...children);
  return made;
}

/** A round first letter in the colour of a name. */
export function avatar(name: string): HTMLElement {
  const made = element('span', { className: 'avatar', text: [...name][0]?.toUpperCase() ?? '?' });
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  made.style.setProperty('--hue', String(hue));
  made.setAttribute('aria-hidden', 'true');
  return made;
}
