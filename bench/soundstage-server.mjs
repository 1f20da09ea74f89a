// The mock server as a process of its own, for the benchmark. Prints its URL on one line.
import { createMockServer } from '../dist/index.js';

const server = await createMockServer({ clock: 'auto', seed: 1, maxConnections: 5_000 });
console.log(server.url);
process.on('SIGTERM', () => server.close().then(() => process.exit(0)));
