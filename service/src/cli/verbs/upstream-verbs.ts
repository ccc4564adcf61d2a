import { VerbError } from './control-client.ts';
import { found } from './resource-verbs.ts';
import { GROUP, NAME, texts, type Verb } from './verb.ts';

const MEMBERS: Readonly<Record<string, string>> = {
  'url-template': 'urlTemplate',
  'hub-pattern': 'hubPattern',
  'event-pattern': 'eventPattern',
  'category-pattern': 'categoryPattern',
};

/** `url-template=… hub-pattern=…`; each `url-template` begins another template. */
export function readTemplates(words: readonly string[]): readonly Record<string, string>[] {
  const templates: Record<string, string>[] = [];
  for (const word of words) {
    const [key = '', ...rest] = word.split('=');
    const member = MEMBERS[key];
    if (member === undefined || rest.length === 0) {
      throw new VerbError(
        `A template is made of ${Object.keys(MEMBERS)
          .map((one) => `${one}=…`)
          .join(' ')}, not '${word}'.`,
      );
    }
    if (member === 'urlTemplate' || templates.length === 0) templates.push({});
    const last = templates.at(-1);
    if (last !== undefined) last[member] = rest.join('=');
  }
  return templates;
}

/** Verbs on a resource; those on a file have no `--name`. */
export const UPSTREAM_VERBS: readonly Verb[] = [
  {
    name: 'update',
    description: 'send events of clients to these upstreams, in Serverless mode',
    options: [
      NAME,
      GROUP,
      ['!--template <words...>', 'url-template=… hub-pattern=… event-pattern=… category-pattern=…'],
    ],
    example:
      'signalite upstream update --name my-signalr-service --template url-template="http://localhost:7071/{hub}" hub-pattern="*"',
    run: async (client, flags) => {
      const templates = readTemplates(texts(flags['template']) ?? []);
      return client.request('PATCH', (await found(client, flags)).id, { properties: { upstream: { templates } } });
    },
  },
  {
    name: 'clear',
    description: 'send events of clients nowhere',
    options: [NAME, GROUP],
    example: 'signalite upstream clear --name my-signalr-service',
    run: async (client, flags) =>
      client.request('PATCH', (await found(client, flags)).id, { properties: { upstream: { templates: [] } } }),
  },
];
