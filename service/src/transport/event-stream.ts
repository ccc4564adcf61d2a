// The text/event-stream format, as far as hub messages need it (client-protocol 2.4).

const FIELD = Buffer.from('data: ');
const END_OF_LINE = Buffer.from('\r\n');
const END_OF_EVENT = Buffer.from('\r\n\r\n');
const LINE_BREAK = /\r\n|\r|\n/;

/** One event with these hub messages. Line breaks in them split the data over lines; readers join them again. */
export function writeEvent(messages: Buffer): Buffer {
  if (!messages.includes(0x0a) && !messages.includes(0x0d)) return Buffer.concat([FIELD, messages, END_OF_EVENT]);
  const parts: Buffer[] = [];
  for (const line of messages.toString('utf8').split(LINE_BREAK)) parts.push(FIELD, Buffer.from(line), END_OF_LINE);
  return Buffer.concat([...parts, END_OF_LINE]);
}
