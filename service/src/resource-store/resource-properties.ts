// The properties of a resource in Azure Resource Manager's names and shapes, as far as they can be written
// (control-plane 2). They are kept as they were set: what was not set is not there, and its default holds.

import { z } from 'zod';
import { ServiceModeName } from '../config/service-mode-name.ts';
import { upstreamTemplatesProblem } from '../config/upstream-settings.ts';

const RULES_MAX = 10;
const IP_RULES_MAX = 30;
const LIFETIME_SECONDS_MAX = 604_800;
const WINDOW_SECONDS = { min: 10, max: 3600 } as const;
const SERVERLESS_SECONDS_MAX = 120;
const WEIGHT_MAX = 255;
const DEFAULT_MAX_COUNT = 20;
const DEFAULT_WINDOW_SECONDS = 60;
const DEFAULT_INBOUND_BYTES = 1_073_741_824;

/** Kinds of requests that network rules speak of (control-plane 5.3). */
export const ACL_REQUEST_TYPES = ['ClientConnection', 'ServerConnection', 'RESTAPI', 'Trace'] as const;
export type AclRequestType = (typeof ACL_REQUEST_TYPES)[number];

/** Log categories of resource logs and live trace. */
export const LOG_CATEGORIES = ['ConnectivityLogs', 'MessagingLogs', 'HttpRequestLogs'] as const;
export type LogCategory = (typeof LOG_CATEGORIES)[number];

const MODES = Object.values(ServiceModeName);

/** One of `values`, whatever its case; kept in the spelling of `values`. */
function wordOf<const T extends string>(values: readonly T[]) {
  return z
    .string({ error: 'must be text' })
    .transform((text) => values.find((value) => value.toLowerCase() === text.toLowerCase()) ?? text)
    .pipe(z.enum(values, { error: `must be one of ${values.join(', ')}` }));
}

/** Flags of Azure are texts: "true", "True". Booleans are understood as well. */
const flagText = z
  .union([z.boolean(), z.string()], { error: 'must be "true" or "false"' })
  .transform((value) => String(value).toLowerCase())
  .pipe(z.enum(['true', 'false'], { error: 'must be "true" or "false"' }));

const featureSchema = z.looseObject({ flag: z.string(), value: z.string() }).superRefine(({ flag, value }, context) => {
  if (flag.toLowerCase() !== 'servicemode') return;
  if (MODES.some((mode) => mode.toLowerCase() === value.toLowerCase())) return;
  const message = `must be one of ${MODES.join(', ')} for the flag ServiceMode`;
  context.addIssue({ code: 'custom', message, path: ['value'] });
});

const logCategoriesSchema = z
  .array(z.looseObject({ name: wordOf(LOG_CATEGORIES), enabled: flagText.default('false') }))
  .optional();

const aclListSchema = z.array(wordOf(ACL_REQUEST_TYPES)).optional();

const networkAclsSchema = z.looseObject({
  defaultAction: wordOf(['Allow', 'Deny']).optional(),
  publicNetwork: z.looseObject({ allow: aclListSchema, deny: aclListSchema }).optional(),
  privateEndpoints: z.array(z.looseObject({ name: z.string(), allow: aclListSchema, deny: aclListSchema })).optional(),
  ipRules: z
    .array(z.looseObject({ value: z.string(), action: wordOf(['Allow', 'Deny']) }))
    .max(IP_RULES_MAX, `must not have more than ${IP_RULES_MAX} rules`)
    .optional(),
});

const maxCount = z.int().min(0).default(DEFAULT_MAX_COUNT);
const countRuleSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('ThrottleByJwtSignatureRule'), maxCount }),
  z.looseObject({ type: z.literal('ThrottleByUserIdRule'), maxCount }),
  z.looseObject({ type: z.literal('ThrottleByJwtCustomClaimRule'), claimName: z.string(), maxCount }),
]);
const window = z.int().min(WINDOW_SECONDS.min).max(WINDOW_SECONDS.max).default(DEFAULT_WINDOW_SECONDS);
const inbound = z.int().min(0).default(DEFAULT_INBOUND_BYTES);
const traffic = { aggregationWindowInSeconds: window, maxInboundMessageBytes: inbound };
const trafficRuleSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('TrafficThrottleByJwtSignatureRule'), ...traffic }),
  z.looseObject({ type: z.literal('TrafficThrottleByUserIdRule'), ...traffic }),
  z.looseObject({ type: z.literal('TrafficThrottleByJwtCustomClaimRule'), claimName: z.string(), ...traffic }),
]);
const rulesMax = `must not have more than ${RULES_MAX} rules`;

const applicationFirewallSchema = z.looseObject({
  clientConnectionCountRules: z.array(countRuleSchema).max(RULES_MAX, rulesMax).optional(),
  clientTrafficControlRules: z.array(trafficRuleSchema).max(RULES_MAX, rulesMax).optional(),
  maxClientConnectionLifetimeInSeconds: z.int().min(0).max(LIFETIME_SECONDS_MAX).optional(),
});

const upstreamSchema = z.looseObject({
  templates: z
    .array(z.custom<UpstreamTemplateDocument>((value) => typeof value === 'object' && value !== null))
    .superRefine((templates, context) => {
      const message = upstreamTemplatesProblem(templates);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional(),
});

/** A template as it was written; `readUpstreamSettings` reads it. */
export interface UpstreamTemplateDocument {
  readonly [member: string]: unknown;
}

const seconds = z.int().min(1).max(SERVERLESS_SECONDS_MAX).optional();
const weight = z.int().min(0).max(WEIGHT_MAX).optional();

export const resourcePropertiesSchema = z.object({
  features: z.array(featureSchema).optional(),
  cors: z.looseObject({ allowedOrigins: z.array(z.string()).optional() }).optional(),
  tls: z.looseObject({ clientCertEnabled: z.boolean().optional() }).optional(),
  serverless: z.looseObject({ connectionTimeoutInSeconds: seconds, keepAliveIntervalInSeconds: seconds }).optional(),
  upstream: upstreamSchema.optional(),
  networkACLs: networkAclsSchema.optional(),
  applicationFirewall: applicationFirewallSchema.optional(),
  publicNetworkAccess: wordOf(['Enabled', 'Disabled']).optional(),
  disableLocalAuth: z.boolean().optional(),
  disableAadAuth: z.boolean().optional(),
  regionEndpointEnabled: wordOf(['Enabled', 'Disabled']).optional(),
  resourceStopped: flagText.optional(),
  routeSettings: z
    .looseObject({ serverBalanceWeight: weight, connectionBalanceWeight: weight, latencyWeight: weight })
    .optional(),
  liveTraceConfiguration: z.looseObject({ enabled: flagText.optional(), categories: logCategoriesSchema }).optional(),
  resourceLogConfiguration: z.looseObject({ categories: logCategoriesSchema }).optional(),
});

/** What can be written of a resource's properties. */
export type ResourceProperties = z.output<typeof resourcePropertiesSchema>;

/** The value of a feature flag; names of flags compare without case. */
export function featureOf({ features = [] }: ResourceProperties, flag: string): string | undefined {
  return features.find((feature) => feature.flag.toLowerCase() === flag.toLowerCase())?.value;
}

/** The service mode; `Default` when it was not set. */
export function serviceModeOf(properties: ResourceProperties): ServiceModeName {
  const value = featureOf(properties, 'ServiceMode')?.toLowerCase();
  return MODES.find((mode) => mode.toLowerCase() === value) ?? ServiceModeName.Default;
}
