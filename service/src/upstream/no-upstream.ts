import type { Upstream } from './upstream.ts';

/** An upstream without templates: nothing matches. */
export const noUpstream: Upstream = {
  connected: () => Promise.resolve(),
  disconnected: () => Promise.resolve(),
  message: () => Promise.resolve({ kind: 'no-match' }),
  close: () => Promise.resolve(),
};
