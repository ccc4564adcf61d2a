import { createRequire } from 'node:module';

/** How the SDK names itself to the service, in the form of service-protocol 3. */
export const SDK_USER_AGENT: string = `@signalite/server/${packageVersion()} (Node.js ${process.version}; ${process.platform}; ${process.arch})`;

function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../package.json');
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : '0';
}
