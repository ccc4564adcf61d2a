// Turns a scenario into sends.

import type { HubClient } from './hub-client.ts';
import { createTemplate, type FrameTemplate, stamped } from './hub-messages.ts';
import { type Endpoint, type Load, Scenario } from './load.ts';
import { restBroadcastRequest } from './rest-request.ts';
import { RestSender } from './rest-sender.ts';
import { readConnectionString, signToken } from './service-token.ts';

const GROUP_MEMBERS = 10;
/** Where the pace has no bound of its own. */
const OPEN_LOOP_REST_CONNECTIONS = 16;

/** What is sent, and to how many. */
export interface Traffic {
  /** Receivers of one send. */
  readonly fanOut: number;
  /** Who takes turns in sending. */
  readonly senders: number;
  /** Sends for sender `sender % senders`; the message counts as sent at `atMs`. */
  readonly send: (sender: number, atMs: number) => void;
  /** Whose message it was that client `receiver` got. Point-to-point traffic only. */
  readonly senderTo: (receiver: number) => number;
}

/** Prepares the hub (groups, connection ids) and gives the traffic. */
export async function createTraffic(load: Load, endpoint: Endpoint, clients: readonly HubClient[]): Promise<Traffic> {
  switch (load.scenario) {
    case Scenario.Idle:
      return { fanOut: 1, senders: 0, send: () => undefined, senderTo: same };
    case Scenario.Echo:
      return echo(load, clients, endpoint.reach === 'rest' ? 'i' : undefined);
    case Scenario.Broadcast:
      return endpoint.reach === 'hub' ? broadcast(load, clients) : restBroadcast(load, endpoint, clients.length);
    case Scenario.Group:
      return await groups(load, clients);
    case Scenario.Connection:
      return await connections(load, clients);
  }
}

/** `invocationId`: the answer is the result of the call. One message of a client is out at a time, so one id will do. */
function echo({ hubProtocol, payloadBytes }: Load, clients: readonly HubClient[], invocationId?: string): Traffic {
  const invocation = { target: 'Echo', args: [], ...(invocationId === undefined ? {} : { invocationId }) };
  const template = createTemplate(hubProtocol, invocation, payloadBytes);
  return {
    fanOut: 1,
    senders: clients.length,
    send: (sender, atMs) => clients[sender % clients.length]?.write(stamped(template, atMs)),
    senderTo: same,
  };
}

function broadcast({ hubProtocol, payloadBytes }: Load, clients: readonly HubClient[]): Traffic {
  const template = createTemplate(hubProtocol, { target: 'Broadcast', args: [] }, payloadBytes);
  return {
    fanOut: clients.length,
    senders: 1,
    send: (_, atMs) => clients[0]?.write(stamped(template, atMs)),
    senderTo: same,
  };
}

function restBroadcast(
  { payloadBytes, restBody = 'json', pace }: Load,
  { connectionString, hub }: Extract<Endpoint, { reach: 'rest' }>,
  fanOut: number,
): Traffic {
  const { endpoint, accessKey } = readConnectionString(connectionString);
  const url = new URL(`${endpoint}/api/hubs/${hub}/:send?api-version=2022-06-01`);
  const token = signToken(accessKey, `${endpoint}${url.pathname}`);
  const template = restBroadcastRequest({ url, token, body: restBody, payloadBytes });
  const connections = pace.kind === 'closed' ? pace.window : OPEN_LOOP_REST_CONNECTIONS;
  const sender = new RestSender(url, connections);
  return { fanOut, senders: 1, send: (_, atMs) => sender.send(stamped(template, atMs)), senderTo: same };
}

/** Clients `g`, `g + groups`, … are the members of group `g`. */
async function groups({ hubProtocol, payloadBytes }: Load, clients: readonly HubClient[]): Promise<Traffic> {
  const count = Math.floor(clients.length / GROUP_MEMBERS);
  const members = clients.slice(0, count * GROUP_MEMBERS);
  await Promise.all(members.map((client, index) => client.invoke({ target: 'Join', args: [`g${index % count}`] })));
  const templates = Array.from({ length: count }, (_, group) =>
    createTemplate(hubProtocol, { target: 'SendGroup', args: [`g${group}`] }, payloadBytes),
  );
  return { fanOut: GROUP_MEMBERS, senders: count, send: sendOwn(clients, templates), senderTo: same };
}

/** Each client sends to the one half of the way around. */
async function connections({ hubProtocol, payloadBytes }: Load, clients: readonly HubClient[]): Promise<Traffic> {
  const ids = await Promise.all(clients.map((client) => client.invoke({ target: 'Id', args: [] })));
  const half = clients.length >> 1;
  const templates = clients.map((_, index) => {
    const to = String(ids[(index + half) % clients.length]);
    return createTemplate(hubProtocol, { target: 'SendConnection', args: [to] }, payloadBytes);
  });
  return {
    fanOut: 1,
    senders: clients.length,
    send: sendOwn(clients, templates),
    senderTo: (receiver) => (receiver - half + clients.length) % clients.length,
  };
}

function sendOwn(clients: readonly HubClient[], templates: readonly FrameTemplate[]): Traffic['send'] {
  return (sender, atMs) => {
    const index = sender % templates.length;
    const template = templates[index];
    if (template !== undefined) clients[index]?.write(stamped(template, atMs));
  };
}

function same(index: number): number {
  return index;
}
