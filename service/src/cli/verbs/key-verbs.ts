import { found } from './resource-verbs.ts';
import { GROUP, NAME, text, type Verb } from './verb.ts';

export const KEY_VERBS: readonly Verb[] = [
  {
    name: 'list',
    description: 'show both keys and connection strings',
    options: [NAME, GROUP],
    example: 'signalite key list --name my-signalr-service --query primaryConnectionString -o tsv',
    run: async (client, flags) => client.request('POST', `${(await found(client, flags)).id}/listKeys`),
  },
  {
    name: 'renew',
    description: 'make a key anew; the old one is refused from now on, open connections stay',
    options: [NAME, GROUP, ['!--key-type <type>', 'primary, secondary or salt (both)']],
    example: 'signalite key renew --name my-signalr-service --key-type primary',
    run: async (client, flags) => {
      const { id } = await found(client, flags);
      return client.request('POST', `${id}/regenerateKey`, { keyType: text(flags['keyType']) });
    },
  },
];
