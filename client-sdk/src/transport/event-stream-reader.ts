/**
 * Reads the data of Server-Sent Events out of text that may be split anywhere. Comments, event names, ids and retry
 * times mean nothing to a hub. Each call gives the events that its text completes.
 */
export function createEventStreamReader(): (text: string) => string[] {
  let line = '';
  let endedWithReturn = false;
  let data: string[] = [];
  return (text) => {
    const events: string[] = [];
    // "\r\n" is one end of line, also when it comes in two pieces.
    const lines = (endedWithReturn && text.startsWith('\n') ? text.slice(1) : text).split(/\r\n|[\r\n]/);
    if (text !== '') endedWithReturn = text.endsWith('\r');
    lines[0] = line + lines[0];
    line = lines.pop() ?? '';
    for (const one of lines) {
      if (one.startsWith('data:')) data.push(one.slice(one[5] === ' ' ? 6 : 5));
      else if (one === '' && data.length > 0) {
        events.push(data.join('\n'));
        data = [];
      }
    }
    return events;
  };
}
