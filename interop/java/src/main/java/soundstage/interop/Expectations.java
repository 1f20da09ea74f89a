package soundstage.interop;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * What a case can demand of the server: one small function per step of the tables. It must never repair or skip
 * anything silently: an event that contradicts the step is a failure.
 */
final class Expectations {
  private static final List<String> VAD_ORDER =
      List.of(
          "input_audio_buffer.speech_started",
          "input_audio_buffer.speech_stopped",
          "input_audio_buffer.committed",
          "conversation.item.created",
          "conversation.item.input_audio_transcription.completed");

  static final Map<String, CaseRun.Step> TABLE =
      Map.ofEntries(
          Map.entry("event", Expectations::event),
          Map.entry("order", (run, types) -> order(run, texts(types))),
          Map.entry("refusal", Expectations::refusal),
          Map.entry("answer", Answer::check),
          Map.entry("vadTurn", Expectations::vadTurn),
          Map.entry("toolCall", Expectations::toolCall),
          Map.entry("closed", Expectations::closed),
          Map.entry("refusedUpgrade", Expectations::refusedUpgrade),
          Map.entry("accessors", Accessors::check),
          Map.entry("close", Expectations::close));

  private Expectations() {}

  /** The next event of the type, whatever comes before it; its fields must match. */
  static JsonObject event(CaseRun run, JsonElement argument) {
    JsonObject wanted = new JsonObject();
    if (argument.isJsonObject()) {
      wanted = argument.getAsJsonObject();
    } else {
      wanted.add("type", argument);
    }
    String type = wanted.get("type").getAsString();
    JsonObject found = run.take(candidate -> Inbox.typeOf(candidate).equals(type), type);
    fail(type + ": ", Matching.mismatch(wanted, found, ""));
    return found;
  }

  /** Exactly these events follow, in this order; only deltas may come between them. */
  static List<JsonObject> order(CaseRun run, List<String> types) {
    List<JsonObject> seen = new ArrayList<>();
    for (String wanted : types) {
      JsonObject found = run.take(candidate -> !Inbox.typeOf(candidate).endsWith(".delta"), wanted);
      if (!Inbox.typeOf(found).equals(wanted)) {
        List<String> before = seen.stream().map(Inbox::typeOf).toList();
        throw new CaseFailure("expected " + wanted + " after " + before + ", got " + Inbox.typeOf(found));
      }
      seen.add(found);
    }
    return seen;
  }

  /** The next error that no step has seen yet; `code` and `param` must be absent when the case leaves them out. */
  private static void refusal(CaseRun run, JsonElement argument) {
    JsonObject error = run.inbox.await(() -> nextError(run), "error event", false);
    JsonObject wanted = argument.getAsJsonObject();
    for (String key : List.of("code", "param")) {
      if (!wanted.has(key)) {
        wanted.addProperty(key, "!absent");
      }
    }
    fail("in " + error + ": ", Matching.mismatch(wanted, error, ""));
  }

  private static JsonObject nextError(CaseRun run) {
    for (int index = 0; index < run.inbox.events().size(); index++) {
      JsonObject event = run.inbox.events().get(index);
      if (Inbox.typeOf(event).equals("error") && !run.inbox.isExcused(index)) {
        run.inbox.excuse(index);
        run.cursor = Math.max(run.cursor, index + 1);
        return event.getAsJsonObject("error");
      }
    }
    return null;
  }

  /** One voice activity turn: the order of its events, one item id for all, positions that make sense. */
  static void vadTurn(CaseRun run, JsonElement argument) {
    int first = run.cursor;
    List<JsonObject> turn = order(run, VAD_ORDER);
    String itemId = turn.get(0).get("item_id").getAsString();
    for (int index = 1; index < turn.size(); index++) {
      JsonObject holder = index == 3 ? turn.get(index).getAsJsonObject("item") : turn.get(index);
      String other = holder.get(index == 3 ? "id" : "item_id").getAsString();
      if (!other.equals(itemId)) {
        throw new CaseFailure("the turn's item ids differ: " + itemId + " and " + other + " in " + VAD_ORDER.get(index));
      }
    }
    int startMs = turn.get(0).get("audio_start_ms").getAsInt();
    int endMs = turn.get(1).get("audio_end_ms").getAsInt();
    if (startMs < 0 || startMs >= endMs) {
      throw new CaseFailure("speech from " + startMs + " ms to " + endMs + " ms");
    }
    String transcript = turn.get(4).get("transcript").getAsString();
    if (transcript.isEmpty()) {
      throw new CaseFailure("the transcript of the speech is empty");
    }
    if (argument.isJsonObject() && argument.getAsJsonObject().has("deltas")) {
      checkDeltas(run, first, transcript);
    }
  }

  private static void checkDeltas(CaseRun run, int first, String transcript) {
    String grown = null;
    synchronized (run.inbox) {
      for (JsonObject event : run.inbox.events().subList(first, run.cursor)) {
        if (Inbox.typeOf(event).equals("conversation.item.input_audio_transcription.delta")) {
          grown = event.get("text").getAsString();
        }
      }
    }
    if (!transcript.equals(grown)) {
      throw new CaseFailure("the transcription deltas end with " + grown + ", not " + transcript);
    }
  }

  private static void toolCall(CaseRun run, JsonElement argument) {
    JsonObject wanted = argument.getAsJsonObject();
    JsonObject done = event(run, new JsonPrimitive("response.function_call_arguments.done"));
    fail("name: ", Matching.mismatch(wanted.get("name"), done.get("name"), ""));
    JsonElement given = JsonParser.parseString(done.get("arguments").getAsString());
    fail("arguments: ", Matching.mismatch(wanted.get("arguments"), given, ""));
    run.inputs.bind("$" + wanted.get("as").getAsString(), done.get("call_id").getAsString());
  }

  private static void closed(CaseRun run, JsonElement wanted) {
    Inbox.Close close = run.inbox.await(run.inbox::closed, "close", false);
    JsonObject actual = new JsonObject();
    actual.addProperty("code", close.code());
    actual.addProperty("reason", close.reason());
    fail("", Matching.mismatch(wanted, actual, ""));
  }

  /** Composite: closes through the SDK and expects the server's answer to it. */
  private static void close(CaseRun run, JsonElement none) {
    run.close();
    closed(run, JsonParser.parseString("{\"code\":1000}"));
  }

  /** The SDK says why an upgrade failed only in its error log, and there only the status line. */
  private static void refusedUpgrade(CaseRun run, JsonElement wanted) {
    String status = "was '" + wanted.getAsJsonObject().get("status").getAsInt() + " ";
    run.inbox.await(
        () -> run.inbox.sdkErrors().stream().filter(line -> line.contains(status)).findFirst().orElse(null),
        "log line with " + status,
        false);
    if (run.inbox.delivered()) {
      throw new CaseFailure("the refused connection delivered something");
    }
  }

  private static List<String> texts(JsonElement array) {
    return StreamSupport.stream(array.getAsJsonArray().spliterator(), false).map(JsonElement::getAsString).toList();
  }

  static void fail(String where, String problem) {
    if (problem != null) {
      throw new CaseFailure(where + problem);
    }
  }
}
