/**
 * What the model and the user say when no script says it: sentences drawn from small word lists, a function of
 * (seed, connection, turn) alone. Must never look at the input, so that a changed prompt changes no transcript.
 */
import { openRandomStream, type RandomStream } from '../../protocol/index.js';

const OPENERS = [
  'Sure, ',
  'Of course, ',
  'Good question, ',
  'Let me see, ',
  'Yes, ',
  'All right, ',
  'Certainly, ',
];
const SUBJECTS = [
  'the little lamp',
  'the morning train',
  'your kitchen timer',
  'the second window',
  'the blue folder',
  'the weather report',
  'the garden door',
  'our next meeting',
];
const VERBS = [
  'is ready',
  'looks fine',
  'starts at nine',
  'needs a moment',
  'is on the left',
  'works again',
  'can wait',
];
const TAILS = [
  ' and nothing has changed today.',
  ', so we can go on now.',
  ' until you tell me to stop.',
  ', just as you asked me before.',
  ', but please check it again.',
  ' for the rest of the day.',
];
const USER_STARTS = [
  'Could you tell me',
  'Please find out',
  'I would like to know',
  'Can you say',
  'Do you know',
];
const USER_ENDS = [
  'when the train leaves',
  'what the weather is like',
  'how long this takes',
  'where I left my keys',
  'who is calling today',
];

/** The model's answer number `turn` of a connection: one sentence of about 8 to 14 words. */
export function generateAnswer(seed: number, connectionKey: string, turn: number): string {
  const random = openRandomStream(seed, 'content', `${connectionKey}/answer/${turn}`);
  return `${pick(random, OPENERS) + pick(random, SUBJECTS)} ${pick(random, VERBS)}${pick(random, TAILS)}`;
}

/** What the user is taken to have said in audio turn number `turn` of a connection. */
export function generateTranscript(seed: number, connectionKey: string, turn: number): string {
  const random = openRandomStream(seed, 'content', `${connectionKey}/user/${turn}`);
  return `${pick(random, USER_STARTS)} ${pick(random, USER_ENDS)}?`;
}

function pick(random: RandomStream, choices: readonly string[]): string {
  return choices[random.below(choices.length)] ?? '';
}
