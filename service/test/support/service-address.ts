import type { Service } from 'signalite';

/** What it takes to reach a service, in this process or another. */
export type ServiceAddress = Pick<Service, 'connectionString' | 'url' | 'port'>;
