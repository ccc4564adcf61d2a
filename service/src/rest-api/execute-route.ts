import { z } from 'zod';
import { FilterSyntaxError } from '../hub/filter-tokens.ts';
import type { HubLane } from '../hub/hub-operations.ts';
import { callPayloads, type MethodCall } from './hub-payloads.ts';
import { elementTexts, type JsonText, memberTexts } from './json-text.ts';
import { readJson, readMethodCall, withLowerCaseNames } from './message-body.ts';
import { GROUP_MAX_LENGTH } from './name-rules.ts';
import { MediaType, mediaTypeProblem } from './request-body.ts';
import type { HubCall } from './rest-call.ts';
import { invalidRequest } from './rest-problem.ts';
import { type HubRoute, hubRoute } from './route.ts';

const GROUP = z
  .string('A "group" is needed.')
  .min(1, 'A "group" is needed.')
  .max(GROUP_MAX_LENGTH, `The name of a "group" must have at most ${GROUP_MAX_LENGTH} characters.`);

/** One command, its names in lower case. The message is read by itself: its arguments stay text. */
export const COMMAND_SCHEMA = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('SendMessage'), message: z.looseObject({}, 'A "message" is needed.') }),
    z.object({ type: z.literal('JoinGroup'), group: GROUP }),
    z.object({ type: z.literal('LeaveGroup'), group: GROUP }),
    z.object({ type: z.literal('CloseConnection'), reason: z.string('The "reason" must be a text.').nullish() }),
  ],
  'The "type" must be SendMessage, JoinGroup, LeaveGroup or CloseConnection.',
);

const COMMANDS_SCHEMA = z.array(COMMAND_SCHEMA, 'The body must be a list of commands.');

type Command = z.infer<typeof COMMAND_SCHEMA>;
/** Does one command to the selected connections. */
type Effect = (lane: HubLane, connectionIds: readonly string[]) => Promise<unknown> | undefined;

/** Commands for all connections that a filter selects (rest-api 7.7). */
export const EXECUTE_ROUTE: HubRoute = hubRoute('/:execute', {
  methods: ['POST'],
  success: { dated: 202, v1: 202 },
  summary: 'Do a list of commands to all connections that a filter selects',
  query: ['application', 'filter'],
  body: 'commands',
  handle: async ({ lane, query, readBody }) => {
    const { mediaType, bytes } = await readBody();
    if (mediaType !== MediaType.Json) throw mediaTypeProblem(mediaType, [MediaType.Json]);
    const effects = readCommands(readJson(bytes));
    const selected = await select(lane, query.text('filter'));
    for (const effect of effects) await effect(lane, selected);
    return undefined;
  },
});

async function select(lane: HubCall['lane'], filter: string | undefined): Promise<readonly string[]> {
  try {
    return await lane.select(filter);
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    throw invalidRequest(error.message, 'filter');
  }
}

function readCommands({ value, text }: JsonText): Effect[] {
  const list = Array.isArray(value) ? value.map(withLowerCaseNames) : value;
  const parsed = COMMANDS_SCHEMA.safeParse(list);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'The commands cannot be read.' };
    const where = typeof path[0] === 'number' ? `Command ${path[0] + 1}: ` : '';
    throw invalidRequest(`${where}${message}`, 'commands');
  }
  const texts = elementTexts(text);
  return parsed.data.map((command, index) => effectOf(command, texts[index] ?? ''));
}

function effectOf(command: Command, text: string): Effect {
  switch (command.type) {
    case 'SendMessage':
      return sendTo(readMethodCall({ value: command.message, text: memberTexts(text).get('message') ?? '' }));
    case 'JoinGroup':
    case 'LeaveGroup': {
      const change = command.type === 'JoinGroup' ? 'join' : 'leave';
      return (lane, connectionIds) => {
        for (const connectionId of connectionIds) {
          lane.changeGroup({ change, subject: { connectionId }, group: command.group });
        }
        return undefined;
      };
    }
    case 'CloseConnection':
      return (lane, connectionIds) =>
        Promise.all(
          connectionIds.map((connectionId) =>
            lane.close({ close: 'connection', connectionId }, command.reason ?? undefined),
          ),
        );
  }
}

function sendTo(call: MethodCall): Effect {
  const payloads = callPayloads(call);
  return (lane, connectionIds) => {
    lane.send({ target: { to: 'connections', connectionIds }, payloads });
    return undefined;
  };
}
