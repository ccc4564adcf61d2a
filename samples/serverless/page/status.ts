import { byId } from './elements.ts';

/** How it stands with the connection to the service, and with the app behind it. */
export type Status = 'live' | 'away' | 'reconnecting' | 'closed';

const TEXTS: Readonly<Record<Status, { readonly label: string; readonly banner: string }>> = {
  live: { label: 'live', banner: '' },
  away: {
    label: 'on hold',
    banner: 'The auctioneer has stepped out: the app is away. You stay connected, and it goes on when the app is back.',
  },
  reconnecting: { label: 'reconnecting', banner: 'The connection is lost. Trying to get it back …' },
  closed: { label: 'closed', banner: 'The connection is gone. Reload the page to come back.' },
};

export function showStatus(status: Status): void {
  const { label, banner } = TEXTS[status];
  byId('status', HTMLElement).dataset['state'] = status;
  byId('status-text', HTMLElement).textContent = label;
  byId('banner', HTMLElement).hidden = banner === '';
  byId('banner', HTMLElement).textContent = banner;
}
