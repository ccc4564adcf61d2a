import {
  featureOf,
  LOG_CATEGORIES,
  type LogCategory,
  type ResourceProperties,
} from '../resource-store/resource-properties.ts';

/** Feature flags that switch categories on, beside the newer configuration (control-plane 11). */
const FLAGS: Readonly<Partial<Record<LogCategory, string>>> = {
  ConnectivityLogs: 'EnableConnectivityLogs',
  MessagingLogs: 'EnableMessagingLogs',
};

/** The categories that are written; the configuration outranks the flags. */
export function logCategoriesOf(properties: ResourceProperties): ReadonlySet<LogCategory> {
  const configured = properties.resourceLogConfiguration?.categories;
  return new Set(
    LOG_CATEGORIES.filter((category) => {
      const row = configured?.find(({ name }) => name === category);
      if (row !== undefined) return row.enabled === 'true';
      const flag = FLAGS[category];
      return flag !== undefined && featureOf(properties, flag)?.toLowerCase() === 'true';
    }),
  );
}
