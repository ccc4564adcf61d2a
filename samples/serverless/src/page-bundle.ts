import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The script of the page as one module, `@signalite/client` included. */
export async function pageBundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../page/main.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@signalite/source', 'browser'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
