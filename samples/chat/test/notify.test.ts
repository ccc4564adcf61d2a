import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { startSample } from '../src/start-sample.ts';

test('POST /api/notify says what is missing', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0 });
  const sample = await startSample({ connectionString: service.connectionString, port: 0 });
  try {
    for (const body of ['', 'not json', '{}', '{"topic":"","title":"t","text":""}', '{"topic":"x"}']) {
      const response = await fetch(new URL('api/notify', sample.url), { method: 'POST', body });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: 'Give topic, title and text as JSON.' });
    }
  } finally {
    await sample.close();
  }
});

test('only the origin of the app may read its answers', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0 });
  const sample = await startSample({ connectionString: service.connectionString, port: 0 });
  try {
    const url = new URL('chat/negotiate?negotiateVersion=1', sample.url);
    const own = await fetch(url, { method: 'POST', headers: { origin: new URL(sample.url).origin } });
    expect(own.headers.get('access-control-allow-origin')).toBe(new URL(sample.url).origin);
    const foreign = await fetch(url, { method: 'POST', headers: { origin: 'http://elsewhere.example' } });
    expect(foreign.headers.get('access-control-allow-origin')).not.toBe('http://elsewhere.example');
  } finally {
    await sample.close();
  }
});
