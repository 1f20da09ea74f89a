/**
 * Whether the server still serves: a plain session on a connection of its own completes a turn. Must never touch a
 * scenario.
 */
import { MultiModality, OmniRealtimeConversation } from '../../src/client/index.js';

/** Wall milliseconds a plain turn may take beside everything else that runs. */
const TURN_MS = 10_000;

/** Why the server is not healthy; undefined when it is. */
export async function findIllness(url: string): Promise<string | undefined> {
  const conversation = new OmniRealtimeConversation({
    model: 'qwen3.5-omni-flash-realtime',
    url,
    apiKey: 'sk-health',
  });
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`a plain turn did not complete within ${TURN_MS} ms`), TURN_MS);
  });
  try {
    return await Promise.race([completeTurn(conversation), limit]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    await conversation.close().catch(() => {});
  }
}

async function completeTurn(conversation: OmniRealtimeConversation): Promise<string | undefined> {
  await conversation.connect();
  conversation.updateSession({ outputModalities: [MultiModality.TEXT], enableTurnDetection: false });
  conversation.createResponse({ instructions: 'Say something.' });
  for await (const event of conversation) {
    if (event.type !== 'response.done') continue;
    const { status } = event.response;
    return status === 'completed' ? undefined : `a plain turn ended as ${status}`;
  }
  return 'the connection ended before a plain turn was complete';
}
