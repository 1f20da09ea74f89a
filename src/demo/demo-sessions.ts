/**
 * The five sessions of the demo, in the order they are shown.
 */
import { MultiModality } from '../client/index.js';
import { silence } from '../media/index.js';
import { CLAIMS } from './demo-claims.js';
import { DEMO_WORDS } from './demo-scenarios.js';
import type { DemoSession } from './demo-session.js';

const SPOKEN = [MultiModality.TEXT, MultiModality.AUDIO];
const INPUT_RATE_HZ = 16_000;
const seconds = (count: number) => silence(count * INPUT_RATE_HZ);

const THERMOMETER = {
  type: 'function',
  function: {
    name: 'read_thermometer',
    description: 'Temperature of a room in degrees Celsius.',
    parameters: { type: 'object', properties: { room: { type: 'string' } }, required: ['room'] },
  },
};

/** The client says when a turn is over; the other sessions build on the same turn. */
const manualTurn: DemoSession = {
  name: 'manual-turn',
  title: 'A manual turn: speech and a picture, committed by the client',
  model: 'qwen3-omni-flash-realtime',
  settings: { outputModalities: SPOKEN, voice: 'Cherry', enableTurnDetection: false },
  script: async (driver, { speech, picture }) => {
    driver.conversation.appendAudio(speech);
    driver.conversation.appendVideo(picture);
    driver.conversation.commit();
    driver.conversation.createResponse();
    await driver.until('response.done');
  },
  claims: (driver) => [
    CLAIMS.order(driver, ['input_audio_buffer.committed', 'response.created', 'response.done']),
    CLAIMS.heard(driver, DEMO_WORDS),
    CLAIMS.responsesEnded(driver, ['completed']),
    CLAIMS.spoke(driver, 1),
  ],
  answerNames: ['manual-turn'],
};

const voiceTurn: DemoSession = {
  name: 'voice-turn',
  title: 'Voice activity: the server hears where the words end',
  model: 'qwen3.5-omni-flash-realtime',
  settings: { outputModalities: SPOKEN, voice: 'Tina' },
  script: async (driver, { speech }) => {
    driver.stream(speech);
    driver.stream(seconds(2));
    await driver.until('response.done');
  },
  claims: (driver) => [
    CLAIMS.order(driver, [
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'response.created',
      'response.done',
    ]),
    CLAIMS.heard(driver, DEMO_WORDS),
    CLAIMS.responsesEnded(driver, ['completed']),
    CLAIMS.spoke(driver, 1),
  ],
  answerNames: ['voice-turn'],
};

const bargeIn: DemoSession = {
  name: 'barge-in',
  title: 'Barge-in: the user speaks during the answer, and it stops',
  model: 'qwen3-omni-flash-realtime',
  settings: { outputModalities: SPOKEN, voice: 'Cherry' },
  script: async (driver, { speech }) => {
    driver.stream(speech);
    driver.stream(seconds(3));
    driver.stream(speech);
    driver.stream(seconds(9));
    await driver.until('response.done', 2);
  },
  claims: (driver) => [
    CLAIMS.order(driver, [
      'response.audio.delta',
      'input_audio_buffer.speech_started',
      'response.done',
      'input_audio_buffer.committed',
      'response.created',
      'response.done',
    ]),
    CLAIMS.responsesEnded(driver, ['cancelled by turn_detected', 'completed']),
    CLAIMS.spoke(driver, 2),
  ],
  answerNames: ['barge-in-1-interrupted', 'barge-in-2-second-answer'],
};

const toolCall: DemoSession = {
  name: 'tool-call',
  title: 'A tool call: the model asks, the client answers, the model speaks',
  model: 'qwen3.5-omni-plus-realtime',
  settings: { outputModalities: SPOKEN, enableTurnDetection: false, tools: [THERMOMETER] },
  script: async (driver) => {
    const text = 'How warm is it in the kitchen?';
    driver.conversation.createItem({
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text }],
    });
    driver.conversation.createResponse();
    await driver.until('response.done');
    const [call] = driver.all('response.function_call_arguments.done');
    const callId = call?.type === 'response.function_call_arguments.done' ? call.call_id : '';
    driver.conversation.createItem({
      type: 'function_call_output',
      call_id: callId,
      output: '{"celsius":21}',
    });
    driver.conversation.createResponse();
    await driver.until('response.done', 2);
  },
  claims: (driver) => [
    CLAIMS.order(driver, ['response.function_call_arguments.done', 'response.done', 'response.audio.done']),
    CLAIMS.responsesEnded(driver, ['completed', 'completed']),
    CLAIMS.spoke(driver, 1),
  ],
  answerNames: ['tool-call'],
};

const refusals: DemoSession = {
  name: 'refusals',
  title: 'Two refusals, and the session is as good as before',
  model: 'qwen-omni-turbo-realtime',
  settings: { outputModalities: SPOKEN, voice: 'Chelsie', enableTurnDetection: false },
  script: async (driver, { speech }) => {
    driver.conversation.commit();
    await driver.until('error');
    driver.conversation.cancelResponse();
    await driver.until('error', 2);
    driver.conversation.appendAudio(speech);
    driver.conversation.commit();
    driver.conversation.createResponse();
    await driver.until('response.done');
  },
  claims: (driver) => [
    CLAIMS.refused(driver, [
      'Error committing input audio buffer: buffer too small, or have no audio.',
      'Conversation has none active response',
    ]),
    CLAIMS.responsesEnded(driver, ['completed']),
    CLAIMS.spoke(driver, 1),
  ],
  answerNames: ['refusals'],
};

/** All of them. */
export const DEMO_SESSIONS: readonly DemoSession[] = [manualTurn, voiceTurn, bargeIn, toolCall, refusals];
