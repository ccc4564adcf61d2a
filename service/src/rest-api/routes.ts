import { CLIENT_TOKEN_ROUTE } from './client-token-route.ts';
import { CONNECTION_ROUTES } from './connection-routes.ts';
import { EXECUTE_ROUTE } from './execute-route.ts';
import { GROUP_MEMBERS_ROUTE } from './group-members-route.ts';
import { INVOKE_ROUTE } from './invoke-route.ts';
import { MEMBERSHIP_ROUTES } from './membership-routes.ts';
import { openApiDocument } from './open-api.ts';
import { RouteTable } from './route-table.ts';
import { SEND_ROUTES } from './send-routes.ts';
import { serviceRoutes } from './service-routes.ts';
import { STREAM_ROUTES } from './stream-routes.ts';

/** Everything that the REST API serves (rest-api 4). */
export function createRouteTable(): RouteTable {
  let document: string | undefined;
  const table = new RouteTable([
    ...serviceRoutes(() => {
      document ??= JSON.stringify(openApiDocument(table.served));
      return document;
    }),
    ...SEND_ROUTES,
    CLIENT_TOKEN_ROUTE,
    EXECUTE_ROUTE,
    ...CONNECTION_ROUTES,
    INVOKE_ROUTE,
    ...STREAM_ROUTES,
    GROUP_MEMBERS_ROUTE,
    ...MEMBERSHIP_ROUTES,
  ]);
  return table;
}
