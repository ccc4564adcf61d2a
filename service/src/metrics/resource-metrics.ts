import type { ServiceEvent } from '../log/events.ts';

/** All that is counted of one resource. */
export class ResourceMetrics {
  /** Counts opens, closes and refusals. */
  observe(_event: ServiceEvent): void {}
}
