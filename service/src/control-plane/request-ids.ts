import { randomUUID } from 'node:crypto';

const REQUEST_ID = 'x-ms-request-id';
const CORRELATION_ID = 'x-ms-correlation-request-id';
const READABLE_ID = /^[\w-]{1,64}$/;

/** Puts the ids on an answer that every answer of Azure Resource Manager has (control-plane 4). */
export function addRequestIds(request: Request, { headers }: Response): void {
  const asked = request.headers.get(CORRELATION_ID) ?? '';
  const id = randomUUID();
  headers.set(REQUEST_ID, id);
  headers.set(CORRELATION_ID, READABLE_ID.test(asked) ? asked : id);
}
