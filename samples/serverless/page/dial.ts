import { byId } from './elements.ts';

/** From here on it is "going once", and "going twice". */
const ONCE_SECONDS = 10;
const TWICE_SECONDS = 5;

export type Call = 'open' | 'once' | 'twice' | 'over';

export function callAt(secondsLeft: number, isBidding: boolean): Call {
  if (!isBidding) return 'over';
  if (secondsLeft <= TWICE_SECONDS) return 'twice';
  return secondsLeft <= ONCE_SECONDS ? 'once' : 'open';
}

/** Shows the server's clock. */
export function drawDial(secondsLeft: number, secondsMax: number, call: Call): void {
  const dial = byId('dial', HTMLElement);
  dial.dataset['call'] = call;
  byId('seconds', HTMLElement).textContent = String(secondsLeft);
  const share = call === 'over' ? 0 : Math.min(1, secondsLeft / secondsMax);
  byId('arc', SVGCircleElement).style.strokeDashoffset = String(100 - 100 * share);
}
