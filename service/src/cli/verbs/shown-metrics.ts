// Tables of metrics, with the columns of `az monitor metrics`.

import { z } from 'zod';

const nameSchema = z.object({ value: z.string(), localizedValue: z.string() });
const metricsSchema = z.object({
  value: z.array(
    z.object({
      name: nameSchema,
      timeseries: z.array(
        z.object({
          metadatavalues: z.array(z.object({ name: nameSchema, value: z.string() })).default([]),
          data: z.array(z.looseObject({ timeStamp: z.string() })).default([]),
        }),
      ),
    }),
  ),
});
const definitionsSchema = z.array(
  z.object({
    name: nameSchema,
    unit: z.string(),
    primaryAggregationType: z.string(),
    isDimensionRequired: z.boolean().default(false),
    dimensions: z.array(nameSchema).default([]),
  }),
);

/** A row for each minute of each series. */
export function metricRows(answer: unknown): unknown {
  return metricsSchema.parse(answer).value.flatMap(({ name, timeseries }) =>
    timeseries.flatMap(({ metadatavalues, data }) => {
      const dimensions = metadatavalues.map((one) => [one.name.localizedValue, one.value]);
      return data.map(({ timeStamp, ...numbers }) => ({
        timestamp: timeStamp.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ''),
        name: name.localizedValue,
        ...Object.fromEntries(dimensions),
        ...numbers,
      }));
    }),
  );
}

export function definitionRows(answer: unknown): unknown {
  return definitionsSchema
    .parse(answer)
    .map(({ name, unit, primaryAggregationType, isDimensionRequired, dimensions }) => ({
      'Display Name': name.localizedValue,
      'Metric Name': name.value,
      Unit: unit,
      Type: primaryAggregationType,
      'Dimension Required': isDimensionRequired,
      Dimensions: dimensions.map(({ value }) => value).join(', '),
    }));
}
