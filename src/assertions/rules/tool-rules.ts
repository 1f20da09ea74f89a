/**
 * Rules about the outputs of tools.
 */
import { describeValue } from '../../protocol/index.js';
import { readPath } from '../../scenarios/index.js';
import { parse, type WireMessage, type WireSession } from '../wire-session.js';
import { type Breach, judgeEach, type RuleFinding, sentOf } from './rule.js';

const OUTPUT = 'function_call_output';

/** Events of the server that carry a call of their own, beside items. */
const CALL_EVENTS: ReadonlySet<string> = new Set([
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
]);

/**
 * Every output is for a call that a message of the server had announced before on this connection, and the only one
 * for it. Calls are announced by items of type `function_call`, alone or in the output of a response, and by the events
 * of their arguments. A call without an output is no breach.
 */
export function oneOutputPerCall(session: WireSession): RuleFinding {
  const known = new Set<unknown>();
  const answered = new Set<unknown>();
  const breaches: Breach[] = [];
  let examined = 0;
  for (const message of session.messages) {
    if (message.from === 'server') {
      for (const id of announcedCalls(message)) known.add(id);
    } else if (isOutput(message)) {
      examined += 1;
      const id = readPath(message.event, 'item.call_id');
      const wrong = !known.has(id)
        ? 'which is no call of this connection'
        : answered.has(id)
          ? 'again'
          : undefined;
      if (wrong !== undefined)
        breaches.push({ atMs: message.atMs, what: `for ${describeValue(id)}, ${wrong}` });
      answered.add(id);
    }
  }
  return { examined, breaches };
}

/**
 * Every output is a text, and not JSON that was made JSON a second time: a text that reads as a JSON string which again
 * reads as an object, an array or a string. An object as JSON text is what the service wants; other texts are free.
 */
export function stringOutputs(session: WireSession): RuleFinding {
  const outputs = sentOf(session, 'conversation.item.create').filter(isOutput);
  return judgeEach(outputs, ({ event }) => {
    const output = readPath(event, 'item.output');
    if (typeof output !== 'string') return `${describeValue(output)} is no text`;
    const once = parse(output);
    const twice = typeof once === 'string' ? parse(once) : undefined;
    const isTwice = typeof twice === 'string' || (typeof twice === 'object' && twice !== null);
    return isTwice ? 'encoded twice' : undefined;
  });
}

function isOutput({ type, event }: WireMessage): boolean {
  return type === 'conversation.item.create' && readPath(event, 'item.type') === OUTPUT;
}

function announcedCalls({ type, event }: WireMessage): readonly string[] {
  const output = readPath(event, 'response.output');
  const items = [readPath(event, 'item'), ...(Array.isArray(output) ? (output as readonly unknown[]) : [])];
  const ids = items
    .filter((item) => readPath(item, 'type') === 'function_call')
    .map((item) => readPath(item, 'call_id'));
  if (CALL_EVENTS.has(type)) ids.push(readPath(event, 'call_id'));
  return ids.filter((id) => typeof id === 'string');
}
