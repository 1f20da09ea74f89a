// A bare ws server that sends the bytes of one recorded turn, without looking at more than a message's type. The
// yardstick of the benchmark: nobody can serve this protocol over ws faster than by not serving it.
import { readFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';

const turn = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  for (const text of turn.open) socket.send(text);
  socket.on('message', (data) => {
    const head = data.toString('latin1', 0, 64);
    const answers = head.includes('response.create')
      ? turn.create
      : head.includes('commit')
        ? turn.commit
        : head.includes('session.update')
          ? turn.update
          : [];
    for (const text of answers) socket.send(text);
  });
});
server.on('listening', () => console.log(`ws://127.0.0.1:${server.address().port}/`));
process.on('SIGTERM', () => process.exit(0));
