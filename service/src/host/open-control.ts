import { createControlApp } from '../control-plane/control-app.ts';
import { type ControlListener, listenControl } from '../control-plane/control-listener.ts';
import { metricsRoute } from '../control-plane/metrics-route.ts';
import { monitorRoutes } from '../control-plane/monitor-routes.ts';
import { ServiceStartError } from '../errors.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { Resources } from '../resources/resources.ts';
import type { ControlOptions } from './control-options.ts';

/**
 * Opens the control port. A port that is taken is no reason not to start: most likely another signalite has it, and
 * verbs are for that one.
 */
export async function openControl(
  resources: Resources,
  { port, certificate }: ControlOptions,
  events: ServiceEvents,
): Promise<ControlListener | undefined> {
  const onFault = (message: string) => events.emit({ name: 'fault', where: 'control', message });
  const app = createControlApp({
    resources,
    extensions: [monitorRoutes(resources), metricsRoute(resources)],
    onFault,
    onRefused: ({ path, status, reason }) => events.emit({ name: 'requestRefused', path, status, reason }),
  });
  try {
    return await listenControl(app, { port, onFault, ...(certificate === undefined ? {} : { certificate }) });
  } catch (error) {
    if (!(error instanceof ServiceStartError)) throw error;
    events.emit({ name: 'controlNotOpened', port, reason: error.message });
    return undefined;
  }
}
