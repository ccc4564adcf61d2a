import { DOTNET_CLIENT_CHECKS } from '../../checks/dotnet-client.ts';
import type { HttpAnswer } from '../../peers/http.ts';
import { ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { lost } from '../service-rewrites.ts';

const id = (...names: readonly string[]) => names.map((name) => `dotnet-client.${name}`);
const ALL = DOTNET_CLIENT_CHECKS.map((check) => check.id);
const changed = (text: string) =>
  text
    .replace('say', 'sty')
    .replace('ask', 'oak')
    .replace('enough', 'plenty')
    .replace('"one"', '"eno"')
    .replace('proxy', 'wall')
    .replace('"type":7,"allowReconnect":true', '"type":7,"allowReconnect":false');

export const DOTNET_CLIENT_FAULTS: readonly Fault[] = [
  {
    name: 'words are others for .NET clients',
    turnsRed: [
      ...ALL.filter((one) => one.includes('web-sockets') || one.includes('event-stream')),
      ...id('stream.of-the-server', 'client-result.answered', 'group.reached', 'close.with-an-error'),
      ...id('close.comes-back', 'stateful.talks', 'refused.no-app-server'),
    ],
    toClient: ({ data, isBinary }) => [{ data: Buffer.from(changed(data.toString('latin1')), 'latin1'), isBinary }],
  },
  {
    name: 'words are others in polls of .NET clients',
    turnsRed: ALL.filter((one) => one.includes('long-polling')),
    answer: (answer): HttpAnswer => {
      const text = changed(answer.body.toString('latin1'));
      return { ...answer, body: Buffer.from(text, 'latin1'), text };
    },
  },
  {
    name: 'nobody hears that a .NET client stopped',
    turnsRed: id('stop.is-heard'),
    toServer: lost(ServiceType.CloseConnection),
  },
];
