/** What becomes of a server whose watched folder goes away. */
import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import type { MockServer } from '../mock-server/index.js';
import { watchScenarios } from './serve-scenarios.js';

const watchers: EventEmitter[] = [];

vi.mock('node:fs', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:fs')>()),
  watch: () => {
    const watcher = Object.assign(new EventEmitter(), { close: () => {} });
    watchers.push(watcher);
    return watcher;
  },
}));

test('an error of the watcher is told, and thrown at nobody', () => {
  const told: string[] = [];
  const named = [{ name: 'a', file: '/gone/a.yaml', source: 'file' as const, scenario: {} }];
  const stop = watchScenarios({} as MockServer, named, (line) => told.push(line));
  watchers[0]?.emit('error', new Error('EPERM: operation not permitted, watch'));
  expect(told).toEqual(['Watching /gone/a.yaml ended: EPERM: operation not permitted, watch']);
  stop();
});
