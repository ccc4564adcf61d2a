import { RESOURCE_NAME } from '../resource-store/resource-record.ts';
import type { ArmCall } from './arm-call.ts';
import { badRequest } from './arm-error.ts';

const TYPES = ['SignalR', 'WebPubSub', 'SignalR/replicas', 'WebPubSub/replicas'].map(
  (type) => `Microsoft.SignalRService/${type}`,
);

/** Whether a resource of a name could be created (control-plane 5.2). */
export async function checkNameAvailability(call: ArmCall): Promise<Response> {
  const { type, name } = await call.body();
  if (typeof type !== 'string' || !TYPES.some((known) => known.toLowerCase() === type.toLowerCase())) {
    throw badRequest(`'type' must be one of ${TYPES.join(', ')}.`, 'type');
  }
  if (typeof name !== 'string') throw badRequest("'name' must be text.", 'name');
  if (!RESOURCE_NAME.test(name)) {
    const text = 'A name must have 3 to 63 letters, digits and hyphens, with a letter first and no hyphen last.';
    return Response.json({ nameAvailable: false, reason: 'Invalid', message: text });
  }
  if (call.resources.find(name) === undefined) return Response.json({ nameAvailable: true });
  const text = `The name '${name}' is taken. Choose another.`;
  return Response.json({ nameAvailable: false, reason: 'AlreadyExists', message: text });
}
