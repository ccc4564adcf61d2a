import { defineConfig } from 'vitest/config';

// Not 'import': the runner hands these on to Node, where they would hold for `require` too.
const resolve = { conditions: ['@signalite/source', 'node'] };

/** One project per package, one run and one total. Sources are tested directly: no build comes first. */
function project(name: string, root: string, more: { readonly maxConcurrency?: number } = {}) {
  return {
    resolve,
    ssr: { resolve },
    test: {
      name,
      root,
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      testTimeout: 20_000,
      hookTimeout: 20_000,
      ...more,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      project('protocol', './protocol'),
      project('service', './service'),
      project('server-sdk', './server-sdk'),
      project('client-sdk', './client-sdk'),
      // Most of its tests wait.
      project('conformance', './conformance', { maxConcurrency: 16 }),
      project('chat', './samples/chat'),
      project('serverless', './samples/serverless'),
      project('bench', './bench'),
      project('repository', './scripts'),
    ],
  },
});
