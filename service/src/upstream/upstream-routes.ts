// Which upstream an event goes to (upstream-and-emulator 1.2, 1.3).

import type { UpstreamTemplate } from '../config/upstream-settings.ts';
import {
  type OpenUrlTemplatePart,
  openUrlTemplate,
  parseUrlTemplate,
  type SecretLookup,
  type UrlParameters,
} from '../config/url-template.ts';

type Pattern = (name: string) => boolean;

/** One template, ready for use. */
export interface UpstreamRoute {
  readonly template: UpstreamTemplate;
  readonly url: readonly OpenUrlTemplatePart[];
  readonly matches: (event: UrlParameters) => boolean;
}

/** A secret that a template refers to and nobody knows; the template matches nothing. */
export interface MissingSecret {
  readonly template: UpstreamTemplate;
  readonly secret: string;
}

/** Makes templates ready, in their order. */
export function readRoutes(
  templates: readonly UpstreamTemplate[],
  secretOf: SecretLookup,
): { readonly routes: readonly UpstreamRoute[]; readonly missing: readonly MissingSecret[] } {
  const routes: UpstreamRoute[] = [];
  const missing: MissingSecret[] = [];
  for (const template of templates) {
    const opened = openUrlTemplate(parseUrlTemplate(template.urlTemplate), secretOf);
    if (opened.missing.length === 0) routes.push({ template, url: opened.open, matches: matcherOf(template) });
    else missing.push(...opened.missing.map((secret) => ({ template, secret })));
  }
  return { routes, missing };
}

function matcherOf(template: UpstreamTemplate): UpstreamRoute['matches'] {
  const hub = patternOf(template.hubPattern?.toLowerCase() ?? template.hubPattern);
  const category = patternOf(template.categoryPattern);
  const event = patternOf(template.eventPattern);
  // Hubs compare without case, as everywhere in the service.
  return (one) => hub(one.hub.toLowerCase()) && category(one.category) && event(one.event);
}

function patternOf(text: string | null | undefined): Pattern {
  if (text === undefined) return () => true;
  const names = new Set(text?.split(',').map((name) => name.trim()));
  return names.has('*') ? () => true : (name) => names.has(name);
}
