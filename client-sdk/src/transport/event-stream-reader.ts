/**
 * Reads the data of Server-Sent Events out of text that may be split anywhere; each call gives the events that its text
 * completes. Comments, event names, ids and retry times mean nothing to a hub, and hub servers end lines with "\n" or
 * "\r\n" (client-protocol 2.4).
 */
export function createEventStreamReader(): (text: string) => string[] {
  let rest = '';
  let data: string[] = [];
  return (text) => {
    const events: string[] = [];
    const [first = '', ...more] = text.split('\n');
    const lines = [rest + first, ...more];
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, value] = /^data: ?(.*?)\r?$/.exec(line) ?? [];
      if (value !== undefined) data.push(value);
      else if (/^\r?$/.test(line) && data.length > 0) {
        events.push(data.join('\n'));
        data = [];
      }
    }
    return events;
  };
}
