import { NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { byType, withField } from '../service-rewrites.ts';

const { ConnectionData, ClientInvocation, ClientCompletion, ErrorCompletion, ServiceMapping } = ServiceType;

/** Data of the client of a message in front of it. */
function withDataBefore(message: ServiceMessage): readonly ServiceMessage[] {
  return [[ConnectionData, message[2] ?? '', Uint8Array.of(1), NO_EXTENSIONS], message];
}

export const CLIENT_RESULT_FAULTS: readonly Fault[] = [
  {
    name: 'answers of clients are changed on their way',
    turnsRed: [
      'client-results.own.answer-comes-as-data',
      'client-results.same-server.answer-comes-as-data',
      'client-results.routed.result-json',
      'client-results.routed.result-messagepack',
    ],
    toServer: byType({
      [ConnectionData]: (message) => {
        const text = Buffer.from(message[2] instanceof Uint8Array ? message[2] : []).toString('latin1');
        return [withField(message, 2, Buffer.from(text.replace('\u00c3\u00a4', 'ae'), 'latin1'))];
      },
    }),
  },
  {
    name: 'answers of clients are kept from their server',
    turnsRed: ['client-results.own.answer-comes-as-data'],
    fromClient: (message) => (message.data.toString().startsWith('{"type":3') ? [] : [message]),
  },
  {
    name: 'every question is routed',
    turnsRed: ['client-results.own.nobody-is-told-more', 'client-results.same-server.nobody-is-told-more'],
    toServer: byType({
      [ConnectionData]: (message) => [[ServiceMapping, 'x', message[1] ?? '', 'instance', NO_EXTENSIONS], message],
    }),
  },
  {
    name: 'registration comes behind the answer',
    turnsRed: ['client-results.routed.registration-comes-first'],
    toServer: byType({ [ClientInvocation]: withDataBefore }),
  },
  {
    name: 'registration names another caller',
    turnsRed: ['client-results.routed.registration-comes-first'],
    toServer: byType({ [ClientInvocation]: (message) => [withField(message, 3, 'somebody')] }),
  },
  {
    name: 'mapping names another instance',
    turnsRed: ['client-results.routed.mapping-names-the-instance'],
    toServer: byType({ [ServiceMapping]: (message) => [withField(message, 3, 'elsewhere')] }),
  },
  {
    name: 'results name who reported them',
    turnsRed: ['client-results.routed.result-json', 'client-results.routed.result-messagepack'],
    toServer: byType({ [ClientCompletion]: (message) => [withField(message, 3, 'holder')] }),
  },
  {
    name: 'results are emptied',
    turnsRed: [
      'client-results.routed.result-json',
      'client-results.routed.error-of-the-client',
      'client-results.routed.several-at-once',
      'client-results.routed.weak-caller',
    ],
    toServer: byType({ [ClientCompletion]: (message) => [withField(message, 5, new Uint8Array())] }),
  },
  {
    name: 'errors of clients become ErrorCompletion',
    turnsRed: ['client-results.routed.error-of-the-client'],
    toServer: byType({
      [ClientCompletion]: ([, id, connectionId, caller]) => [
        [ErrorCompletion, id ?? '', connectionId ?? '', caller ?? '', 'I will not', NO_EXTENSIONS],
      ],
    }),
  },
  {
    name: 'results come twice',
    turnsRed: ['client-results.errors.late-results-are-dropped'],
    toServer: byType({ [ClientCompletion]: (message) => [message, message] }),
  },
  {
    name: 'errors have no text',
    turnsRed: [
      'client-results.errors.unknown-connection',
      'client-results.errors.client-leaves.own',
      'client-results.errors.client-leaves.other',
      'client-results.errors.no-payload',
    ],
    toServer: byType({ [ErrorCompletion]: (message) => [withField(message, 4, '')] }),
  },
];
