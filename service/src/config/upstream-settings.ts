// Upstream settings in the shape of the official emulator's file and in that of Azure Resource Manager
// (upstream-and-emulator 1.1). Member names compare without case in both.

import { z } from 'zod';
import { urlTemplateProblem } from './url-template.ts';

/** Where events of clients go in Serverless mode. The first template that matches an event gets it. */
export interface UpstreamTemplate {
  /** Absolute URL; `{hub}`, `{category}`, `{event}` and references to secrets are replaced. */
  readonly urlTemplate: string;
  /** `*`, a name, or names with commas between them. Default `*`; null matches nothing. */
  readonly hubPattern?: string | null | undefined;
  /** As `hubPattern`, for `connections` and `messages`. */
  readonly categoryPattern?: string | null | undefined;
  /** As `hubPattern`, for `connected`, `disconnected` and names of hub methods. */
  readonly eventPattern?: string | null | undefined;
  /** How the service proves who it is, besides its signature. Default: not at all. */
  readonly auth?: UpstreamAuth | null | undefined;
}

export interface UpstreamAuth {
  readonly type?: 'None' | 'ManagedIdentity' | null | undefined;
  /** `resource`: the audience of the tokens. */
  readonly managedIdentity?: { readonly resource?: string | null | undefined } | null | undefined;
}

/** What a settings file or a settings document says about upstreams. */
export interface UpstreamSettings {
  readonly templates: readonly UpstreamTemplate[];
  /** Values for references to secrets, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The document is about upstreams, be it to say that there are none. */
  readonly isGiven: boolean;
}

const AUTH_TYPES = ['None', 'ManagedIdentity'] as const;
const TEXT = 'must be text';
const pattern = z.string({ error: `${TEXT}: *, one name, or names with commas between them` }).nullish();

const authSchema = anyCase({
  type: z
    .string({ error: TEXT })
    .transform((text) => AUTH_TYPES.find((type) => type.toLowerCase() === text.toLowerCase()) ?? text)
    .pipe(z.enum(AUTH_TYPES, { error: 'must be None or ManagedIdentity' }))
    .nullish(),
  managedIdentity: anyCase({ resource: z.string({ error: TEXT }).nullish() }).nullish(),
});

const templateSchema = anyCase({
  urlTemplate: z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : TEXT) })
    .superRefine((text, context) => {
      const message = urlTemplateProblem(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
  hubPattern: pattern,
  categoryPattern: pattern,
  eventPattern: pattern,
  auth: authSchema.nullish(),
});

const templatesSchema = z.array(templateSchema, { error: 'must be a list' });

const documentSchema = anyCase({
  upstreamSettings: anyCase({ templates: templatesSchema.nullish() }).nullish(),
  templates: templatesSchema.nullish(),
  secrets: z.record(z.string(), z.string({ error: TEXT }), { error: 'must be an object' }).nullish(),
});

/** Reads either shape. Gives the settings, or one sentence about what is wrong. */
export function readUpstreamSettings(
  document: unknown,
): { readonly settings: UpstreamSettings } | { readonly problem: string } {
  const result = documentSchema.safeParse(document);
  if (!result.success) return { problem: problemOf(result.error) };
  const { upstreamSettings, templates = [], secrets } = result.data;
  const all = upstreamSettings?.templates ?? templates ?? [];
  const isGiven = (upstreamSettings ?? undefined) !== undefined || all.length > 0;
  return { settings: { templates: all, secrets: secrets ?? {}, isGiven } };
}

/** Checks templates that were given as values. Gives one sentence about what is wrong, or undefined. */
export function upstreamTemplatesProblem(templates: unknown): string | undefined {
  const result = templatesSchema.safeParse(templates);
  return result.success ? undefined : problemOf(result.error);
}

/** A template in a few words, without what may be a key: `http://h/{hub} (event *, hub *, category *)`. */
export function describeTemplate(template: UpstreamTemplate): string {
  const { hubPattern = '*', categoryPattern = '*', eventPattern = '*' } = template;
  return `${publicUrlOf(template)} (event ${eventPattern}, hub ${hubPattern}, category ${categoryPattern})`;
}

/** The URL of a template without user, password and query, which may hold keys. */
export function publicUrlOf({ urlTemplate }: UpstreamTemplate): string {
  const [address = ''] = urlTemplate.replaceAll(/\{@[^}]*\}/g, '{secret}').split(/[?#]/);
  return address.replace(/\/\/[^/]*@/, '//');
}

/** An object whose members are found without case. */
function anyCase<S extends z.ZodRawShape>(shape: S) {
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  const withKnownNames = (value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [names.get(name.toLowerCase()) ?? name, one]))
      : value;
  return z.preprocess(withKnownNames, z.object(shape, { error: 'must be an object' }));
}

function problemOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${placeOf(path)} ${message}.`).join(' ');
}

/** People count from one: `The urlTemplate of template 1`. */
function placeOf(path: readonly PropertyKey[]): string {
  const index = path.findIndex((step) => typeof step === 'number');
  const name = path.slice(index + 1).join('.');
  if (index < 0) return name === '' ? 'The document' : `The member ${name}`;
  const number = Number(path[index]) + 1;
  return name === '' ? `Template ${number}` : `The ${name} of template ${number}`;
}
