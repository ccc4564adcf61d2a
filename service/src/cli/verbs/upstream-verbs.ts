import { VerbError } from './control-client.ts';
import { found } from './resource-verbs.ts';
import { GROUP, NAME, type Verb } from './verb.ts';

const MEMBERS: Readonly<Record<string, string>> = {
  'url-template': 'urlTemplate',
  'hub-pattern': 'hubPattern',
  'event-pattern': 'eventPattern',
  'category-pattern': 'categoryPattern',
};

const TEMPLATE = '--template';

/** One template for each `--template`, in any order of its words. Throws `VerbError` (2). */
export function readTemplates(argv: readonly string[]): readonly Record<string, string>[] {
  const templates: Record<string, string>[] = [];
  let isTemplate = false;
  for (const word of argv) {
    const [flag = '', ...value] = word.split('=');
    if (word.startsWith('-')) isTemplate = flag === TEMPLATE;
    if (word.startsWith('-') && isTemplate) templates.push({});
    const last = templates.at(-1);
    const given = word.startsWith('-') ? value.join('=') : word;
    if (isTemplate && last !== undefined && given !== '') addMember(last, given);
  }
  return templates;
}

function addMember(template: Record<string, string>, word: string): void {
  const [key = '', ...rest] = word.split('=');
  const member = MEMBERS[key];
  const all = Object.keys(MEMBERS).map((one) => `${one}=…`);
  if (member === undefined || rest.length === 0) {
    throw new VerbError(`A template is made of ${all.join(' ')}, not '${word}'.`, 2);
  }
  if (member in template) {
    throw new VerbError(`A template has one ${key}, not '${word}' as well. Begin another: ${TEMPLATE}.`, 2);
  }
  template[member] = rest.join('=');
}

/** Verbs on a resource; those on a file have no `--name`. */
export const UPSTREAM_VERBS: readonly Verb[] = [
  {
    name: 'update',
    description: 'send events of clients to these upstreams, in Serverless mode',
    options: [
      NAME,
      GROUP,
      ['!--template <words...>', 'url-template=… hub-pattern=… event-pattern=… category-pattern=…; again for more'],
    ],
    example:
      'signalite upstream update --name my-signalr-service --template url-template="http://localhost:7071/{hub}" hub-pattern="*"',
    run: async (client, flags, argv) => {
      const templates = readTemplates(argv);
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
