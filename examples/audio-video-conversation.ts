/**
 * Sample 2: an audio and video conversation. A microphone and a camera (here a WAV file and a JPEG, one picture a
 * second), the server finds the turns, speech during the answer interrupts it.
 *
 *   npx tsx examples/audio-video-conversation.ts --url ws://127.0.0.1:8787/api-ws/v1/realtime [--image photo.jpg]
 */
import { readFileSync } from 'node:fs';
// In your own project: import { … } from 'soundstage/client';
import { MultiModality, OmniRealtimeConversation } from '../src/client/index.js';
import { Loudspeaker, Microphone, nextEvent, printTalk, readArguments, readSpeech } from './support.js';

const PACKETS_PER_PICTURE = 10;
const options = readArguments();
const picture = readFileSync(options.image);
const microphone = new Microphone(options.speed);
const loudspeaker = new Loudspeaker();
const conversation = new OmniRealtimeConversation({
  model: options.model,
  url: options.url,
  apiKey: options.apiKey,
});

printTalk(conversation);
conversation.on('audio', ({ responseId, samples }) => loudspeaker.play(responseId, samples));
conversation.on('input_audio_buffer.speech_started', () => loudspeaker.silence(conversation.lastResponseId));
// The turn is committed with its pictures, and audio must come before the next one: the camera rests meanwhile.
let isListening = true;
conversation.on('input_audio_buffer.speech_stopped', () => {
  isListening = false;
});

await conversation.connect();
conversation.updateSession({ outputModalities: [MultiModality.TEXT, MultiModality.AUDIO] });
await nextEvent(conversation, 'session.updated');

microphone.speak(readSpeech(options.wav));
const talking = microphone.run(conversation, (packet) => {
  if (isListening && packet % PACKETS_PER_PICTURE === 0) conversation.appendVideo(picture);
});
await nextEvent(conversation, 'response.done');
microphone.off();
await talking;

await conversation.endSession();
await conversation.close();
console.log(`${loudspeaker.save(options.out)} ms of answer in ${options.out}`);
