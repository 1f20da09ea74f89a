/**
 * Sample 1: an audio conversation. A microphone (here a WAV file), the server finds the turns, speech during the
 * answer interrupts it. On a real device use headphones, or the playback interrupts itself.
 *
 *   npx tsx examples/audio-conversation.ts --url ws://127.0.0.1:8787/api-ws/v1/realtime [--interrupt]
 */
// In your own project: import { … } from 'soundstage/client';
import { MultiModality, OmniRealtimeConversation } from '../src/client/index.js';
import { Loudspeaker, Microphone, nextEvent, printTalk, readArguments, readSpeech } from './support.js';

const options = readArguments();
const speech = readSpeech(options.wav);
const microphone = new Microphone(options.speed);
const loudspeaker = new Loudspeaker();
const conversation = new OmniRealtimeConversation({
  model: options.model,
  url: options.url,
  apiKey: options.apiKey,
});

printTalk(conversation);
conversation.on('audio', ({ responseId, samples }) => loudspeaker.play(responseId, samples));
conversation.on('input_audio_buffer.speech_started', () => {
  if (conversation.lastResponseId !== null) console.log(' (interrupted)');
  loudspeaker.silence(conversation.lastResponseId);
});

await conversation.connect();
conversation.updateSession({ outputModalities: [MultiModality.TEXT, MultiModality.AUDIO] });
await nextEvent(conversation, 'session.updated');

if (options.interrupt) {
  const stop = conversation.on('response.audio.delta', () => {
    stop();
    microphone.speak(speech);
  });
}
microphone.speak(speech);
const talking = microphone.run(conversation);
await nextEvent(conversation, 'response.done');
if (options.interrupt) await nextEvent(conversation, 'response.done');
microphone.off();
await talking;

await conversation.endSession();
await conversation.close();
console.log(`${loudspeaker.save(options.out)} ms of answer in ${options.out}`);
