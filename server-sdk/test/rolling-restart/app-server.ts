// An app server in a process of its own. Says `ready` when its hub is connected, and leaves in order on SIGTERM.
import { type ShutdownMode, withAzureSignalR } from '@signalite/server';
import { RestartHub } from './restart-hub.ts';

const MODES: readonly ShutdownMode[] = ['disconnect', 'wait', 'migrate'];

const shutdownMode = MODES.find((mode) => mode === process.env['SHUTDOWN_MODE']) ?? 'disconnect';
const signalr = withAzureSignalR({
  connectionString: process.env['SIGNALR_CONNECTION_STRING'] ?? '',
  shutdownMode,
  hubs: { RestartHub },
});
await signalr.start();
process.once('SIGTERM', () => {
  signalr.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
console.log('ready');
