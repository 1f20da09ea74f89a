// One of the things that may stand between client and server in the proxy's benchmark. Prints its address.
// usage: proxy-process.mjs relay|passthrough|record UPSTREAM FOLDER; on SIGUSR2 it writes its memory to FOLDER/memory.json
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createRecordingProxy } from '../dist/proxy/index.js';

const [kind, upstream, out] = process.argv.slice(2);
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  writeFileSync(`${out}/memory.json`, JSON.stringify(process.memoryUsage()));
});
if (kind === 'relay') {
  const { hostname, port } = new URL(upstream);
  const server = createServer({ noDelay: true }, (client) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    for (const [one, other] of [
      [client, socket],
      [socket, client],
    ]) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1', () => console.log(`ws://127.0.0.1:${server.address().port}`));
  process.on('SIGTERM', () => process.exit(0));
} else {
  const proxy = await createRecordingProxy({ upstream, out, mode: kind });
  console.log(new URL(proxy.url).origin.replace(/^null$/, proxy.url.replace(/\/api-ws.*/, '')));
  process.on('SIGTERM', () => proxy.close().then(() => process.exit(0)));
}
