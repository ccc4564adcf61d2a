// Azure Monitor for the resources of this process: metrics, their definitions and namespaces (control-plane 9.1).

import { type Context, Hono } from 'hono';
import { METRICS, type MetricName } from '../metrics/metric-definitions.ts';
import { answerQuery, type MetricSeries } from '../metrics/metric-query.ts';
import type { HostedResource, Resources } from '../resources/resources.ts';
import { MonitorError, type MonitorRequest, readMonitorQuery } from './monitor-parameters.ts';
import { findResource, RESOURCE_TYPE, resourceIdOf, resourceNotFound } from './resource-id.ts';

const METRIC_TYPE = 'Microsoft.Insights/metrics';
const PATH =
  /^\/+subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.signalrservice\/signalr\/([^/]+)\/providers\/microsoft\.insights\/(metrics|metricdefinitions|metricnamespaces)\/?$/i;
const BATCH_PATH = /^\/+subscriptions\/([^/]+)\/metrics:getbatch$/i;
const ID =
  /^\/+subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.signalrservice\/signalr\/([^/]+)$/i;
const AGGREGATIONS = ['Average', 'Minimum', 'Maximum', 'Total', 'Count'];
const RETENTION = 'P1D';

type Question = (resource: HostedResource, c: Context) => Response;

/** Every path that is none of these is somebody else's. */
export function monitorRoutes(resources: Resources): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const path = new URL(c.req.url).pathname;
    const [, subscription = '', group = '', name = '', question = ''] = PATH.exec(decoded(path)) ?? [];
    try {
      if (c.req.method === 'POST' && BATCH_PATH.test(path)) return await answerBatch(resources, c);
      if (c.req.method !== 'GET' || name === '') {
        await next();
        return undefined;
      }
      const resource = findResource(resources, { subscription, group, name });
      if (resource === undefined) throw resourceNotFound({ name, group });
      return QUESTIONS[question.toLowerCase()]?.(resource, c) ?? c.notFound();
    } catch (error) {
      if (!(error instanceof MonitorError)) throw error;
      return c.json({ code: 'BadRequest', message: error.message }, 400);
    }
  });
  return app;
}

/** A path that cannot be decoded is none of ours. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return '';
  }
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  metrics: (resource, c) => {
    const request = readMonitorQuery(new URL(c.req.url).searchParams, Date.now());
    const { timespan, interval } = request;
    return c.json({ cost: 0, timespan, interval, ...answerOf(resource, request) });
  },
  metricdefinitions: (resource, c) =>
    c.json({ value: Object.keys(METRICS).map((name) => definitionOf(resource, name as MetricName)) }),
  metricnamespaces: (resource, c) => {
    const id = `${resourceIdOf(resource.record)}/providers/Microsoft.Insights/metricNamespaces/${RESOURCE_TYPE}`;
    const properties = { metricNamespaceName: RESOURCE_TYPE };
    const type = 'Microsoft.Insights/metricNamespaces';
    return c.json({
      value: [{ id, type, name: RESOURCE_TYPE.replace('/', '-'), classification: 'Platform', properties }],
    });
  },
};

async function answerBatch(resources: Resources, c: Context): Promise<Response> {
  const body: unknown = await c.req.json().catch(() => undefined);
  const ids = typeof body === 'object' && body !== null && 'resourceids' in body ? body.resourceids : undefined;
  if (!Array.isArray(ids)) throw new MonitorError('The body must be {"resourceids":["/subscriptions/…"]}.');
  const request = readMonitorQuery(new URL(c.req.url).searchParams, Date.now());
  const [starttime, endtime] = request.timespan.split('/');
  const values = ids.map((id) => {
    const [, subscription = '', group = '', name = ''] = ID.exec(String(id)) ?? [];
    const resource = findResource(resources, { subscription, group, name });
    if (resource === undefined) throw resourceNotFound({ name, group });
    return { starttime, endtime, interval: request.interval, resourceid: id, ...answerOf(resource, request) };
  });
  return c.json({ values });
}

function answerOf(resource: HostedResource, { queries, withData }: MonitorRequest) {
  const id = resourceIdOf(resource.record);
  const value = queries.map((query) => {
    const { displayName, description, unit } = METRICS[query.metric];
    const series = answerQuery(query, resource.metrics.read(query.metric, query.from, query.to));
    return {
      id: `${id}/providers/${METRIC_TYPE}/${query.metric}`,
      type: METRIC_TYPE,
      name: { value: query.metric, localizedValue: displayName },
      displayDescription: description,
      unit,
      errorCode: 'Success',
      timeseries: series.map((one) => seriesDocument(one, withData)),
    };
  });
  return { namespace: RESOURCE_TYPE, resourceregion: resource.record.location, value };
}

function seriesDocument({ dimensions, points }: MetricSeries, withData: boolean) {
  const metadatavalues = Object.entries(dimensions).map(([name, value]) => ({
    name: { value: name.toLowerCase(), localizedValue: name.toLowerCase() },
    value,
  }));
  return withData ? { metadatavalues, data: points } : { metadatavalues };
}

function definitionOf({ record }: HostedResource, metric: MetricName) {
  const { displayName, description, unit, primary, dimensions, category } = METRICS[metric];
  const resourceId = resourceIdOf(record);
  return {
    id: `${resourceId}/providers/Microsoft.Insights/metricdefinitions/${metric}`,
    resourceId,
    namespace: RESOURCE_TYPE,
    category,
    name: { value: metric, localizedValue: displayName },
    displayDescription: description,
    isDimensionRequired: false,
    unit,
    primaryAggregationType: primary,
    supportedAggregationTypes: AGGREGATIONS,
    metricAvailabilities: [{ timeGrain: 'PT1M', retention: RETENTION }],
    dimensions: dimensions.map((name) => ({ value: name, localizedValue: name })),
  };
}
