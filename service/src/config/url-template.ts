// URL templates of upstreams (upstream-and-emulator 1.3): parameters, and references to secrets.

/** What a template's parameters stand for. */
export interface UrlParameters {
  readonly hub: string;
  readonly category: string;
  readonly event: string;
}

/** Gives the secret of a name; undefined: there is none. */
export type SecretLookup = (name: string) => string | undefined;

type TextPart = { readonly kind: 'text'; readonly text: string };
type ParameterPart = { readonly kind: 'parameter'; readonly name: keyof UrlParameters };
type SecretPart = { readonly kind: 'secret'; readonly name: string };

/** A template, read once: literal text and references in turn. */
export type UrlTemplatePart = TextPart | ParameterPart | SecretPart;
/** A template whose secrets are known. */
export type OpenUrlTemplatePart = TextPart | ParameterPart;

const REFERENCE = /\{(?:(hub|category|event)|@Microsoft\.KeyVault\(SecretUri=([^)]*)\))\}/g;
const SECRET_PATH = /^https:\/\/[^/]+\/secrets\/([^/]+)(?:\/[^/]*)?$/;
const SAMPLES: UrlParameters = { hub: 'x', category: 'x', event: 'x' };
// A path segment of one or two dots has a meaning of its own, and no escape takes it away.
const DOTS = /^\.{1,2}$/;

export function parseUrlTemplate(template: string): UrlTemplatePart[] {
  const parts: UrlTemplatePart[] = [];
  let at = 0;
  for (const match of template.matchAll(REFERENCE)) {
    if (match.index > at) parts.push({ kind: 'text', text: template.slice(at, match.index) });
    const [reference, parameter, secretUri = ''] = match;
    if (isParameter(parameter)) parts.push({ kind: 'parameter', name: parameter });
    else parts.push({ kind: 'secret', name: SECRET_PATH.exec(secretUri.trim())?.[1] ?? '' });
    at = match.index + reference.length;
  }
  if (at < template.length) parts.push({ kind: 'text', text: template.slice(at) });
  return parts;
}

/** What is wrong with a template; undefined: nothing that shows before its secrets are known. */
export function urlTemplateProblem(template: string): string | undefined {
  const parts = parseUrlTemplate(template);
  if (parts.some(isUnreadableReference)) {
    return 'must name a secret as {@Microsoft.KeyVault(SecretUri=https://<vault>.vault.azure.net/secrets/<name>)}';
  }
  if (parts[0]?.kind === 'secret') return undefined;
  const { open } = openUrlTemplate(parts, () => 'x');
  return fillUrlTemplate(open, SAMPLES) === undefined
    ? 'must be an absolute URL, such as http://localhost:7071/runtime/webhooks/signalr'
    : undefined;
}

/** Puts secrets in as they are. `missing`: names of those that are not there. */
export function openUrlTemplate(
  parts: readonly UrlTemplatePart[],
  secretOf: SecretLookup,
): { readonly open: readonly OpenUrlTemplatePart[]; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const open = parts.map((part): OpenUrlTemplatePart => {
    if (part.kind !== 'secret') return part;
    const text = secretOf(part.name);
    if (text === undefined) missing.push(part.name);
    return { kind: 'text', text: text ?? '' };
  });
  return { open, missing };
}

/** The URL for given parameters; undefined: they do not make one. */
export function fillUrlTemplate(parts: readonly OpenUrlTemplatePart[], parameters: UrlParameters): URL | undefined {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'text') text += part.text;
    else if (DOTS.test(parameters[part.name])) return undefined;
    else text += escapeAsComponent(parameters[part.name]);
  }
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

/** Escapes as .NET does, which is more than `encodeURIComponent` does. */
export function escapeAsComponent(text: string): string {
  // Half a surrogate pair has no UTF-8; the way through bytes makes it the replacement character.
  return encodeURIComponent(Buffer.from(text).toString()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function isParameter(name: string | undefined): name is keyof UrlParameters {
  return name !== undefined;
}

function isUnreadableReference(part: UrlTemplatePart): boolean {
  return part.kind === 'secret' ? part.name === '' : part.kind === 'text' && part.text.includes('{@');
}
