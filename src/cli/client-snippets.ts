/**
 * How to point a client at the server: one line each to copy, for the official SDKs and the reference client. Each
 * line is a whole program (in Java for jshell) and must run as it stands.
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
        `import com.alibaba.dashscope.audio.omni.*; ` +
        `var conversation = new OmniRealtimeConversation(` +
        `OmniRealtimeParam.builder().model("${MODEL}").apikey("any").url("${url}").build(), ` +
        `new OmniRealtimeCallback() { ` +
        `public void onEvent(com.google.gson.JsonObject event) { System.out.println(event); } ` +
        `public void onClose(int code, String reason) {} }); ` +
        `conversation.connect();`,
    },
    {
      client: 'Reference client (soundstage/client)',
      line:
        `import { OmniRealtimeConversation } from 'soundstage/client'; ` +
        `const conversation = new OmniRealtimeConversation({ model: '${MODEL}', apiKey: 'any', url: '${url}' }); ` +
        `await conversation.connect(); console.log(conversation.sessionId); await conversation.close();`,
    },
  ];
}
