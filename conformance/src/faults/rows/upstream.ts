import type { Fault, SeenRequest } from '../fault.ts';

/** Changes the headers of every event. */
function changedHeaders(
  change: (headers: Record<string, string | string[] | undefined>) => void,
): NonNullable<Fault['upstream']> {
  return (request) => {
    const headers = { ...request.headers };
    change(headers);
    return { ...request, headers };
  };
}

function changedBody(change: (body: string) => string): NonNullable<Fault['upstream']> {
  return (request: SeenRequest) => ({
    ...request,
    body: Buffer.from(change(request.body.toString('latin1')), 'latin1'),
  });
}

export const UPSTREAM_FAULTS: readonly Fault[] = [
  {
    name: 'events are told with PUT',
    turnsRed: ['upstream.connected.request'],
    upstream: (request) => ({ ...request, method: 'PUT' }),
  },
  {
    name: 'events have no headers of their own',
    turnsRed: [
      'upstream.connected.headers',
      'upstream.signature',
      'upstream.user.id',
      'upstream.user.id-beyond-ascii',
      'upstream.user.claims',
      'upstream.client-query',
    ],
    upstream: changedHeaders((headers) => {
      for (const name of Object.keys(headers)) if (name.startsWith('x-asrs-')) delete headers[name];
    }),
  },
  {
    name: 'ends are told as connects',
    turnsRed: ['upstream.disconnected.clean'],
    upstream: changedBody((body) => body.replace('11', '10')),
  },
  {
    name: 'every end is told',
    turnsRed: ['upstream.disconnected.not-before-the-handshake'],
    upstream: changedHeaders((headers) => {
      headers['x-asrs-connection-id'] = 'somebody';
    }),
  },
  {
    name: 'bodies are tidied',
    turnsRed: ['upstream.messages.json-body', 'upstream.messages.messagepack-body'],
    upstream: changedBody((body) =>
      body.startsWith('{"type":1,') ? JSON.stringify(JSON.parse(body)) : body.replace('say', 'SAY'),
    ),
  },
  {
    name: 'messages of clients come in another order',
    turnsRed: ['upstream.messages.in-order'],
    fromClient: reversedPairs(),
  },
  {
    name: 'answers of the upstream are lost',
    turnsRed: [
      'upstream.invoke.result-json',
      'upstream.invoke.error',
      'upstream.invoke.empty-200',
      'upstream.invoke.204',
      'upstream.invoke.status-400',
      'upstream.invoke.status-401',
      'upstream.invoke.status-404',
      'upstream.invoke.status-500',
      'upstream.invoke.garbage',
      'upstream.connected.failure-rejects-nobody',
    ],
    toClient: (message) => (message.data.toString().includes('"type":3') ? [] : [message]),
  },
  {
    name: 'results are changed',
    turnsRed: ['upstream.invoke.result-messagepack', 'upstream.invoke.result-json'],
    toClient: ({ data, isBinary }) => {
      const changed = Buffer.from(data);
      const last = isBinary ? changed.length - 1 : changed.indexOf('3}');
      if (last >= 0 && !(isBinary && data.length < 5)) changed[last] = (changed[last] ?? 0) + 1;
      return [{ data: changed, isBinary }];
    },
  },
  {
    name: 'clients hear of failed sends',
    turnsRed: ['upstream.send.hears-nothing'],
    toClient: ({ data, isBinary }) =>
      data.toString().includes('"type":3')
        ? [
            { data: Buffer.from('{"type":3,"invocationId":"0","error":"no"}\u001e'), isBinary },
            { data, isBinary },
          ]
        : [{ data, isBinary }],
  },
];

/** Holds every other message back until the next one has gone. */
function reversedPairs(): NonNullable<Fault['fromClient']> {
  let held: Parameters<NonNullable<Fault['fromClient']>>[0] | undefined;
  return (message) => {
    if (!message.data.toString().startsWith('{"type":1')) return [message];
    if (held === undefined) {
      held = message;
      return [];
    }
    const before = held;
    held = undefined;
    return [message, before];
  };
}
