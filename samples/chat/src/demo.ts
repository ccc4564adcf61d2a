// Everything in one process: the service on a free port and the sample on it.
import { ServiceStartError, startService } from 'signalite';
import { startSample } from './start-sample.ts';

const DEFAULT_PORT = 5080;

try {
  const port = Number(process.env['PORT'] ?? DEFAULT_PORT);
  const service = await startService({ port: 0 });
  const sample = await startSample({ connectionString: service.connectionString, port });
  console.log(`
The chat is at ${sample.url}   Open it twice and talk to yourself.

The service behind it: ${service.url}
A notification to all who switched "news" on:

  curl -X POST ${sample.url}api/notify -H 'content-type: application/json' \\
    -d '{"topic":"news","title":"Hello","text":"from outside a hub"}'

Stop with Ctrl+C.`);
  const stop = async () => {
    await sample.close();
    await service.close();
  };
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
} catch (error) {
  const isInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!isInUse && !(error instanceof ServiceStartError)) throw error;
  console.error(
    isInUse ? 'The port of the page is in use. Choose another: PORT=5090 npm run demo' : `error: ${String(error)}`,
  );
  process.exit(1);
}
