import { expect, it } from 'vitest';
import { withoutSecrets } from './terminal-text.js';

it.each([
  ['wss://dashscope.aliyuncs.com', 'wss://dashscope.aliyuncs.com'],
  ['wss://dashscope.aliyuncs.com/', 'wss://dashscope.aliyuncs.com'],
  ['ws://127.0.0.1:8787/api-ws/v1/realtime?key=sk-in-url#sk-here', 'ws://127.0.0.1:8787/api-ws/v1/realtime'],
  ['wss://me:sk-in-url@host.example:444', 'wss://host.example:444'],
  ['wss://host.example?key=sk-in-url/', 'wss://host.example'],
  ['sk-in-url', '<url>'],
])('shows %s as %s', (url, shown) => {
  expect(withoutSecrets(url)).toBe(shown);
});
