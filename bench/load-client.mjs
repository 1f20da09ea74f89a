// The load: so many sessions, each doing one complete turn after the other. Prints one line of JSON.
// usage: load-client.mjs URL SESSIONS SECONDS
import { once } from 'node:events';
import { WebSocket } from 'ws';

const [url, sessions, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const APPENDS = 10;
const append = JSON.stringify({
  type: 'input_audio_buffer.append',
  audio: Buffer.alloc(3_200, 7).toString('base64'),
});
const counts = { turns: 0, events: 0, bytes: 0 };
let allTurns = 0;
let measuring = false;
let ending = false;

function startTurn(socket) {
  for (let count = 0; count < APPENDS; count += 1) socket.send(append);
  socket.send('{"type":"input_audio_buffer.commit"}');
  socket.send('{"type":"response.create"}');
}

function onMessage(socket, data) {
  if (measuring) {
    counts.events += 1;
    counts.bytes += data.length;
  }
  // Only small messages can be the last of a turn; large ones are audio.
  if (data.length > 4_000) return;
  const text = data.toString('latin1');
  if (text.includes('"session.updated"')) startTurn(socket);
  else if (text.includes('"response.done"')) {
    allTurns += 1;
    if (measuring) counts.turns += 1;
    if (!ending) startTurn(socket);
  }
}

const sockets = [];
for (let index = 0; index < sessions; index += 1) {
  const socket = new WebSocket(`${url}?model=qwen3.8-omni-flash-realtime`, {
    headers: { authorization: 'Bearer bench' },
    perMessageDeflate: false,
  });
  socket.on('open', () => socket.send('{"type":"session.update","session":{"turn_detection":null}}'));
  socket.on('message', (data) => onMessage(socket, data));
  sockets.push(socket);
}

await Promise.all(sockets.map((socket) => once(socket, 'open')));
setTimeout(() => {
  measuring = true;
  const startedAt = performance.now();
  setTimeout(() => {
    measuring = false;
    ending = true;
    const elapsed = (performance.now() - startedAt) / 1_000;
    const rate = (count) => Math.round(count / elapsed);
    const rates = { turns: rate(counts.turns), events: rate(counts.events), bytes: rate(counts.bytes) };
    console.log(JSON.stringify({ ...rates, allTurns }));
    for (const socket of sockets) socket.terminate();
  }, seconds * 1_000);
}, 1_500);
