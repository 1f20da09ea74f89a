// The source of the proxy's benchmark: a bare ws server that sends audio deltas in the way the query asks for.
//   ?load=flood&bytes=20000            as fast as they are taken
//   ?load=paced&bytes=20000&everyMs=100  at a steady pace, each with the time it was sent
//   ?load=long&bytes=9600&count=36000   so many as fast as they are taken, then the end
import { WebSocketServer } from 'ws';

const IN_FLIGHT = 8;

/** A delta as the service writes it, around so many bytes of text. */
function delta(sizeBytes, id) {
  const head = `{"event_id":"event_${id}","type":"response.audio.delta","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0,"delta":"`;
  const audio = Buffer.alloc(2 * Math.floor((((sizeBytes - head.length - 2) / 4) * 3) / 2), 1);
  for (let index = 0; index < audio.length; index += 1) audio[index] = (index * 31) & 0xff;
  return `${head}${audio.toString('base64')}"}`;
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket, request) => {
  const query = new URL(request.url, 'ws://h').searchParams;
  const sizeBytes = Number(query.get('bytes'));
  socket.on('error', () => {});
  socket.on('message', () => {});
  socket.send('{"event_id":"event_0","type":"session.created","session":{"output_audio_format":"pcm16"}}');
  if (query.get('load') === 'paced') {
    const text = delta(sizeBytes, 'x');
    const timer = setInterval(
      () => socket.send(text.replace('event_x', `event_${process.hrtime.bigint()}`)),
      Number(query.get('everyMs')),
    );
    socket.on('close', () => clearInterval(timer));
    return;
  }
  const texts = Array.from({ length: 64 }, (_, index) => delta(sizeBytes, index));
  const count = Number(query.get('count') ?? Number.POSITIVE_INFINITY);
  let sent = 0;
  const next = () => {
    if (socket.readyState !== socket.OPEN) return;
    if (sent === count) {
      sent += 1;
      socket.send('{"event_id":"event_1","type":"response.done","response":{"id":"resp_1"}}');
      socket.close(1000);
    } else if (sent < count) {
      sent += 1;
      socket.send(texts[sent % texts.length], next);
    }
  };
  for (let index = 0; index < IN_FLIGHT; index += 1) next();
});
server.on('listening', () => console.log(`ws://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
