// The operations of Azure Resource Manager that mean something here (control-plane 3).

import { answerResult, answerStatus } from './answer-long.ts';
import type { ArmRoute } from './arm-routes.ts';
import { listKeys, regenerateKey } from './key-handlers.ts';
import { checkNameAvailability } from './name-availability.ts';
import { listOperations } from './operation-list.ts';
import {
  deleteResource,
  getResource,
  listByGroup,
  listBySubscription,
  patchResource,
  putResource,
  restartResource,
} from './resource-handlers.ts';
import { PROVIDER } from './resource-id.ts';
import { listSkus } from './sku-list.ts';
import { unsupportedRoutes } from './unsupported-features.ts';
import { listUsages } from './usage-list.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const LOCATION = `${SUBSCRIPTION}/providers/${PROVIDER}/locations/{location}`;
const GROUP = `${SUBSCRIPTION}/resourceGroups/{group}/providers/${PROVIDER}/signalR`;
const RESOURCE = `${GROUP}/{name}`;

export const CONTROL_ROUTES: readonly ArmRoute[] = [
  { pattern: `/providers/${PROVIDER}/operations`, methods: { GET: listOperations } },
  { pattern: `${LOCATION}/checkNameAvailability`, methods: { POST: checkNameAvailability } },
  { pattern: `${LOCATION}/usages`, methods: { GET: listUsages } },
  { pattern: `${LOCATION}/operationStatuses/{operation}`, methods: { GET: answerStatus } },
  { pattern: `${LOCATION}/operationResults/{operation}`, methods: { GET: answerResult } },
  { pattern: `${SUBSCRIPTION}/providers/${PROVIDER}/signalR`, methods: { GET: listBySubscription } },
  { pattern: GROUP, methods: { GET: listByGroup } },
  {
    pattern: RESOURCE,
    methods: { GET: getResource, PUT: putResource, PATCH: patchResource, DELETE: deleteResource },
  },
  { pattern: `${RESOURCE}/listKeys`, methods: { POST: listKeys } },
  { pattern: `${RESOURCE}/regenerateKey`, methods: { POST: regenerateKey } },
  { pattern: `${RESOURCE}/restart`, methods: { POST: restartResource } },
  { pattern: `${RESOURCE}/skus`, methods: { GET: listSkus } },
  ...unsupportedRoutes(RESOURCE),
];
