/**
 * How to point a client at the server: one line each to copy, for the official SDKs and the reference client.
 */

/** The model that the snippets name. */
const MODEL = 'qwen3.5-omni-flash-realtime';

export interface ClientSnippet {
  /** The client, as people call it. */
  readonly client: string;
  /** One line of code. */
  readonly line: string;
}

/** Lines that connect to `url`. Any API key will do. */
export function clientSnippets(url: string): readonly ClientSnippet[] {
  return [
    {
      client: 'Python SDK (dashscope)',
      line:
        `import dashscope; from dashscope.audio.qwen_omni import *; dashscope.api_key = 'any'; ` +
        `conversation = OmniRealtimeConversation(model='${MODEL}', callback=OmniRealtimeCallback(), url='${url}'); ` +
        `conversation.connect(); print(conversation.get_session_id())`,
    },
    {
      client: 'Java SDK (dashscope-sdk-java)',
      line:
        `OmniRealtimeConversation conversation = new OmniRealtimeConversation(` +
        `OmniRealtimeParam.builder().model("${MODEL}").apikey("any").url("${url}").build(), callback);`,
    },
    {
      client: 'Reference client (soundstage/client)',
      line: `const conversation = new OmniRealtimeConversation({ model: '${MODEL}', apiKey: 'any', url: '${url}' });`,
    },
  ];
}
