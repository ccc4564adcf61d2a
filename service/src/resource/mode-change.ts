import type { ClientConnections } from '../client-connection/client-connections.ts';
import type { ServiceModeName } from '../config/service-mode-name.ts';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import type { ServiceMode } from '../service-mode/service-mode.ts';
import type { ServerGate } from './server-gate.ts';

export type ServiceModes = Readonly<Record<ServiceModeName, ServiceMode>>;

/**
 * Ends what another mode would treat differently, and nothing else: app servers and their clients where there are none
 * any more, serverless clients where all need an app server (upstream-and-emulator 6.4).
 */
export function applyModeChange(
  mode: ServiceMode,
  { servers, clients }: { readonly servers: ServerGate; readonly clients: ClientConnections },
): void {
  if (!mode.takesAppServers) servers.refuseAppServers();
  if (mode.takesServerless) return;
  for (const client of [...clients.connections()]) {
    if (client.answeredBy?.to === 'serverless') client.close(CloseReasons.serviceModeChanged);
  }
}
