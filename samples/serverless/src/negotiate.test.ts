import { jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { negotiateRoute } from './negotiate.ts';

const ACCESS_KEY = 'the key of the service, long enough for HS256';
const service = { clientUrl: 'http://localhost:8888/', restUrl: 'http://localhost:8888/', accessKey: ACCESS_KEY };
const app = negotiateRoute({ service, hub: 'auction' });

const negotiate = (query: string) => app.request(`/negotiate?${query}`, { method: 'POST' });

test('it sends clients to the service, with a token that names them', async () => {
  const response = await negotiate('name=Zo%C3%AB&negotiateVersion=1');
  expect(response.status).toBe(200);
  const answer = await response.json();
  expect(answer).toEqual({ url: 'http://localhost:8888/client/?hub=auction', accessToken: expect.any(String) });
  const { payload } = await jwtVerify(answer.accessToken, new TextEncoder().encode(ACCESS_KEY), {
    audience: answer.url,
    algorithms: ['HS256'],
    maxTokenAge: '1m',
  });
  expect(payload['nameid']).toBe('Zoë');
  expect(payload.exp).toBe((payload.iat ?? 0) + 3600);
});

test.each(['', 'name=', 'name=%20%20', `name=${'a'.repeat(25)}`, 'name=a%0Ab'])('"%s" is no name', async (query) => {
  const response = await negotiate(query);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('Give a name');
});
