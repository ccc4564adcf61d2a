import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ServerConnectionType } from '@signalite/protocol/service';
import { HubProtocols } from '../client-connection/hub-protocols.ts';
import type { ServiceEndpoint } from '../endpoints/service-endpoint.ts';
import { SignalRServerError } from '../errors.ts';
import { Hub } from '../hub/hub.ts';
import { HubRuntime } from '../hub-runtime.ts';
import type { HubTransport } from './hub-transport.ts';
import { PersistentTransport } from './persistent/persistent-transport.ts';
import type { ManagementSettings } from './resolve-management-options.ts';
import { RestClient } from './rest/rest-client.ts';
import { RestTransport } from './rest/rest-transport.ts';

/** Stands for the hub that others run: weak server connections get no clients. */
class HubOfOthers extends Hub {}

/** The transport that the settings name. */
export function createTransport(settings: ManagementSettings, endpoints: readonly ServiceEndpoint[]): HubTransport {
  const { app, clientResultTimeoutMs, hub, supportedProtocols, transport } = settings;
  const serverName = `${hostname()}_${randomUUID().replaceAll('-', '')}`;
  const [endpoint] = endpoints;
  if (endpoint === undefined) throw new SignalRServerError('invalid-options', 'endpoints is empty. Give one.');
  if (transport === 'persistent') {
    const connectionType = ServerConnectionType.Weak;
    const parts = { options: app, serverName, endpoints, connectionType, now: Date.now };
    const hasChoice = endpoints.length > 1 || app.router !== undefined;
    return new PersistentTransport({
      createRuntime: () => new HubRuntime(hub, HubOfOthers, parts),
      onlyEndpoint: hasChoice ? undefined : endpoint,
    });
  }
  const { applicationName } = app;
  const client = new RestClient({ ...settings, applicationName, endpoint, serverName, now: Date.now });
  const protocols = new HubProtocols(supportedProtocols, null);
  return new RestTransport({ client, protocols, clientResultTimeoutMs });
}
