import { build } from 'esbuild';

/** The browser's half of `@signalite/client` as one module. */
export async function clientBundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: "export * from '@signalite/client';", resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@signalite/source', 'browser'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
