// A stand-in for the service: it moves bytes between clients and a real app server and does nothing else, so it shows
// what the way over a service must cost at least. Not a product: a floor to measure against.

import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { listenAndAnnounce } from './announce.ts';
import { StandInService } from './stand-in-service.ts';
import { acceptUpgrade, upgradeKey } from './web-socket-frames.ts';

const service = new StandInService();

const server = http.createServer({ noDelay: true }, (request, response) => {
  request.resume();
  const id = randomBytes(16).toString('base64url');
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      negotiateVersion: 1,
      connectionId: id,
      connectionToken: id,
      availableTransports: [{ transport: 'WebSockets', transferFormats: ['Text', 'Binary'] }],
    }),
  );
});

server.on('upgrade', (request, socket) => {
  acceptUpgrade(upgradeKey(request), socket);
  const url = new URL(request.url ?? '/', 'http://stand-in');
  if (url.pathname.startsWith('/server')) service.addServer(socket);
  else if (!service.addClient(socket, url.searchParams.get('id') ?? '', url.search)) socket.destroy();
});

listenAndAnnounce(server);
