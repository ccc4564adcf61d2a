import { Hono } from 'hono';
import { z } from 'zod';
import type { ServiceAddress } from './service-address.ts';
import { signToken } from './sign-token.ts';

const NAME_MAX = 24;
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(NAME_MAX)
  .regex(/^\P{C}*$/u);

export interface NegotiateOptions {
  readonly service: ServiceAddress;
  readonly hub: string;
}

/**
 * Sends clients to the service (upstream-and-emulator 5.1). The name becomes their user id: anybody may have any name
 * here, where a real app takes it from its own sign-in.
 */
export function negotiateRoute({ service, hub }: NegotiateOptions): Hono {
  const url = `${service.clientUrl}client/?hub=${hub}`;
  return new Hono().post('/negotiate', async (c) => {
    const name = nameSchema.safeParse(c.req.query('name'));
    if (!name.success) return c.text(`Give a name of 1 to ${NAME_MAX} characters: /negotiate?name=Ann`, 400);
    const { accessKey } = service;
    const accessToken = await signToken({ accessKey, audience: url, expiresIn: '1h', userId: name.data });
    return c.json({ url, accessToken });
  });
}
