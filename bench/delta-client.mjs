// The load of the proxy's benchmark. Prints one line of JSON.
// usage: delta-client.mjs flood|paced|long URL SESSIONS SECONDS
import { once } from 'node:events';
import { WebSocket } from 'ws';

const [load, base, sessions, seconds] = [
  process.argv[2],
  process.argv[3],
  Number(process.argv[4]),
  Number(process.argv[5]),
];
const QUERIES = {
  flood: 'load=flood&bytes=20000',
  paced: 'load=paced&bytes=20000&everyMs=100',
  long: 'load=long&bytes=9600&count=36000',
};
const url = `${base}/api-ws/v1/realtime?model=qwen3.8-omni-flash-realtime&${QUERIES[load]}`;
const append = JSON.stringify({
  event_id: 'event_1',
  type: 'input_audio_buffer.append',
  audio: Buffer.alloc(3_200, 7).toString('base64'),
});
let messages = 0;
let all = 0;
let bytes = 0;
const latenciesMicros = [];

function onMessage(socket, data) {
  all += 1;
  messages += 1;
  bytes += data.length;
  if (load === 'long') {
    socket.send(append);
    socket.send(append);
  } else if (load === 'paced') {
    const sentAt = /^\{"event_id":"event_(\d{6,})"/.exec(data.toString('latin1', 0, 64))?.[1];
    if (sentAt !== undefined) latenciesMicros.push(Number(process.hrtime.bigint() - BigInt(sentAt)) / 1_000);
  }
}

const sockets = Array.from({ length: sessions }, () => {
  const socket = new WebSocket(url, {
    headers: { authorization: 'Bearer sk-bench-0123456789' },
    perMessageDeflate: false,
  });
  socket.on('message', (data) => onMessage(socket, data));
  socket.on('error', () => {});
  return socket;
});
await Promise.all(sockets.map((socket) => once(socket, 'open')));
if (load === 'long') {
  await Promise.all(sockets.map((socket) => once(socket, 'close')));
  console.log(JSON.stringify({ all }));
} else {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  messages = 0;
  bytes = 0;
  latenciesMicros.length = 0;
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const elapsed = (performance.now() - startedAt) / 1_000;
  const sorted = latenciesMicros.sort((one, other) => one - other);
  const at = (share) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  console.log(
    JSON.stringify({
      messages: Math.round(messages / elapsed),
      megabytes: Math.round(bytes / elapsed / 1e6),
      p50Micros: at(0.5),
      p99Micros: at(0.99),
      all,
    }),
  );
  for (const socket of sockets) socket.terminate();
}
