// Everything in one process: the service on a free port, in Serverless mode, and the app that it calls.
import { ServiceStartError, startService } from 'signalite';
import { DEFAULT_PORT, startSample } from './start-sample.ts';

try {
  const port = Number(process.env['PORT'] ?? DEFAULT_PORT);
  const service = await startService({ port: 0, serviceMode: 'Serverless' });
  const sample = await startSample({ connectionString: service.connectionString, port });
  service.changeUpstream([{ urlTemplate: sample.upstreamTemplate }]);
  console.log(`
The auction is at ${sample.url}   Open it twice and bid against yourself.

The service behind it: ${service.url}
It tells the app what clients do: ${sample.upstreamTemplate}

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
    isInUse
      ? 'The port of the page is in use. Choose another: PORT=5091 npm run demo:serverless'
      : `error: ${String(error)}`,
  );
  process.exit(1);
}
