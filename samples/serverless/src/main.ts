// Runs the app against a service that runs already: SIGNALR_CONNECTION_STRING, PORT (default 5081).
import { WELL_KNOWN_ACCESS_KEY } from 'signalite';
import { DEFAULT_PORT, startSample } from './start-sample.ts';
import { UPSTREAM_TEMPLATE } from './upstream.ts';

const LOCAL = `Endpoint=http://localhost;Port=8888;AccessKey=${WELL_KNOWN_ACCESS_KEY};Version=1.0;`;

const sample = await startSample({
  connectionString: process.env['SIGNALR_CONNECTION_STRING'] ?? LOCAL,
  port: Number(process.env['PORT'] ?? DEFAULT_PORT),
});
console.log(`The auction is at ${sample.url}`);
console.log(`The service, in Serverless mode, needs this upstream: ${sample.url}${UPSTREAM_TEMPLATE}`);
process.once('SIGINT', () => void sample.close());
process.once('SIGTERM', () => void sample.close());
