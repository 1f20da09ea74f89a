package soundstage.interop;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;

/** Checks the SDK's get methods, which it derives from the server's events. It must never set anything. */
final class Accessors {
  private Accessors() {}

  static void check(CaseRun run, JsonElement argument) throws InterruptedException {
    JsonObject wanted = argument.getAsJsonObject();
    awaitSessionId(run);
    if (wanted.has("sessionId") && !run.inputs.named("$session").equals(run.conversation.getSessionId())) {
      throw new CaseFailure("getSessionId() gave " + run.conversation.getSessionId());
    }
    if (wanted.has("lastResponseId") && !run.inputs.named("$response").equals(run.conversation.getResponseId())) {
      throw new CaseFailure("getResponseId() gave " + run.conversation.getResponseId());
    }
    Map<String, Long> delays =
        Map.of(
            "firstTextDelay", run.conversation.getFirstTextDelay(),
            "firstAudioDelay", run.conversation.getFirstAudioDelay());
    for (Map.Entry<String, Long> delay : delays.entrySet()) {
      if (wanted.has(delay.getKey()) && wanted.get(delay.getKey()).getAsBoolean() != delay.getValue() >= 0) {
        throw new CaseFailure(delay.getKey() + " is " + delay.getValue());
      }
    }
  }

  /** The SDK calls the callback before it stores the id, so the first look may be too early. */
  private static void awaitSessionId(CaseRun run) throws InterruptedException {
    long deadline = System.nanoTime() + 2_000_000_000L;
    while (run.conversation.getSessionId() == null && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
  }
}
