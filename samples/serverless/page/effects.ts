import type { Cheer } from '../src/auction-contract.ts';
import { byId, element } from './elements.ts';

// What flies over the page and is gone again.

const TOAST_MS = 6000;
const CONFETTI_COUNT = 70;
const CHEERS_MAX = 40;

const isCalm = matchMedia('(prefers-reduced-motion: reduce)');

/** News that is overtaken by other news goes at once. */
export function toast(title: string, text: string, kind: 'news' | 'problem' | 'joy' = 'news'): void {
  const toasts = byId('toasts', HTMLElement);
  if (kind === 'news') toasts.querySelector('.news')?.remove();
  const texts = [element('strong', { text: title }), element('span', { text })];
  const made = element('div', { className: `toast ${kind}` }, ...texts);
  toasts.append(made);
  setTimeout(() => made.remove(), TOAST_MS);
}

/** A cheer rises over the picture. */
export function showCheer(by: string, cheer: Cheer): void {
  const sky = byId('cheers-sky', HTMLElement);
  if (sky.childElementCount >= CHEERS_MAX) return;
  const made = element('span', { className: 'cheer' }, element('b', { text: cheer }), element('small', { text: by }));
  made.style.left = `${between(8, 78)}%`;
  made.style.setProperty('--sway', `${between(-40, 40)}px`);
  made.addEventListener('animationend', () => made.remove());
  sky.append(made);
}

export function throwConfetti(): void {
  if (isCalm.matches) return;
  const cloud = element('div', { className: 'confetti' });
  cloud.setAttribute('aria-hidden', 'true');
  for (let i = 0; i < CONFETTI_COUNT; i++) {
    const piece = element('i', { className: 'piece' });
    piece.style.setProperty('--x', `${between(-46, 46)}vw`);
    piece.style.setProperty('--y', `${between(30, 95)}vh`);
    piece.style.setProperty('--turn', `${between(-900, 900)}deg`);
    piece.style.setProperty('--hue', String(between(0, 60)));
    piece.style.animationDelay = `${between(0, 300)}ms`;
    cloud.append(piece);
  }
  document.body.append(cloud);
  setTimeout(() => cloud.remove(), 4000);
}

/** Draws the eye to something that has changed. */
export function bump(target: HTMLElement): void {
  if (isCalm.matches) return;
  target.animate([{ transform: 'scale(1.16)' }, { transform: 'scale(1)' }], { duration: 420, easing: 'ease-out' });
}

function between(low: number, high: number): number {
  return Math.round(low + Math.random() * (high - low));
}
