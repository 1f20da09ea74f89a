/**
 * Sample 3: a local call in manual mode. Local audio and a local picture make one turn; the client says when it
 * is over and asks for the answer.
 *
 *   npx tsx examples/local-call.ts --url ws://127.0.0.1:8787/api-ws/v1/realtime [--wav question.wav]
 */
import { readFileSync } from 'node:fs';
// In your own project: import { … } from 'soundstage/client';
import { MultiModality, OmniRealtimeConversation } from '../src/client/index.js';
import { Loudspeaker, nextEvent, printTalk, readArguments, readSpeech } from './support.js';

const PACKET_SAMPLES = 1_600;
const options = readArguments();
const speech = readSpeech(options.wav);
const loudspeaker = new Loudspeaker();
const conversation = new OmniRealtimeConversation({
  model: options.model,
  url: options.url,
  apiKey: options.apiKey,
});

printTalk(conversation);
conversation.on('audio', ({ responseId, samples }) => loudspeaker.play(responseId, samples));

await conversation.connect();
conversation.updateSession({
  outputModalities: [MultiModality.TEXT, MultiModality.AUDIO],
  enableTurnDetection: false,
});
await nextEvent(conversation, 'session.updated');

for (let offset = 0; offset < speech.length; offset += PACKET_SAMPLES) {
  conversation.appendAudio(speech.subarray(offset, offset + PACKET_SAMPLES));
}
conversation.appendVideo(readFileSync(options.image));
conversation.commit();
conversation.createResponse();
await nextEvent(conversation, 'response.done');

await conversation.endSession();
await conversation.close();
console.log(`${loudspeaker.save(options.out)} ms of answer in ${options.out}`);
console.log(
  `first text after ${conversation.lastFirstTextDelayMs} ms, first audio after ${conversation.lastFirstAudioDelayMs} ms`,
);
