package soundstage.interop;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Collects one response by its id and checks that its pieces add up: text deltas, audio deltas, the done events. It
 * must never accept an answer whose parts disagree.
 */
final class Answer {
  private Answer() {}

  /**
   * The oldest response that no step has checked. Options: `audio` (spoken or written), `text` (the exact words),
   * `status` and `reason`, `calls` (number of tool calls instead of words), `audioDeltas`, and `done: false` for
   * families that send no response.done after a cancel.
   */
  static void check(CaseRun run, JsonElement argument) {
    JsonObject options = argument.getAsJsonObject();
    boolean hasDone = !options.has("done") || options.get("done").getAsBoolean();
    String last = hasDone ? "response.done" : "response.output_item.done";
    List<JsonObject> events = run.inbox.await(() -> collect(run, last), "complete answer up to " + last, true);
    String responseId = responseId(events.get(0));
    run.answered.add(responseId);
    run.inputs.bind("$response", responseId);
    JsonObject response = hasDone ? events.get(events.size() - 1).getAsJsonObject("response") : null;
    if (response != null) {
      checkStatus(response, options);
    }
    if (options.has("calls")) {
      checkCalls(response, options.get("calls").getAsInt());
      return;
    }
    boolean audio = options.get("audio").getAsBoolean();
    String words = checkWords(events, audio);
    checkAudio(events, options, audio);
    if (options.has("text") && !options.get("text").getAsString().equals(words)) {
      throw new CaseFailure("the answer is '" + words + "', not " + options.get("text"));
    }
    if (response != null && !options.has("status")) {
      checkOutput(response, words, audio);
    }
  }

  private static List<JsonObject> collect(CaseRun run, String last) {
    List<JsonObject> all = run.inbox.events();
    String id = null;
    List<JsonObject> events = new ArrayList<>();
    for (int index = 0; index < all.size(); index++) {
      JsonObject event = all.get(index);
      boolean created = Inbox.typeOf(event).equals("response.created");
      if (id == null && created && !run.answered.contains(responseId(event))) {
        id = responseId(event);
      }
      if (id != null && id.equals(responseId(event))) {
        events.add(event);
        if (Inbox.typeOf(event).equals(last)) {
          run.cursor = Math.max(run.cursor, index + 1);
          return events;
        }
      }
    }
    return null;
  }

  private static String responseId(JsonObject event) {
    if (event.has("response_id")) {
      return event.get("response_id").getAsString();
    }
    return event.has("response") ? event.getAsJsonObject("response").get("id").getAsString() : null;
  }

  private static void checkStatus(JsonObject response, JsonObject options) {
    String wanted = options.has("status") ? options.get("status").getAsString() : "completed";
    String wantedReason = options.has("reason") ? options.get("reason").getAsString() : null;
    JsonObject details = response.getAsJsonObject("status_details");
    String reason = details != null && details.has("reason") ? details.get("reason").getAsString() : null;
    String status = response.get("status").getAsString();
    if (!status.equals(wanted) || !String.valueOf(reason).equals(String.valueOf(wantedReason))) {
      throw new CaseFailure("the response ended " + status + " (" + reason + "), not " + wanted + " (" + wantedReason + ")");
    }
  }

  private static void checkCalls(JsonObject response, int wanted) {
    int calls = 0;
    for (JsonElement item : response.getAsJsonArray("output")) {
      calls += Inbox.typeOf(item.getAsJsonObject()).equals("function_call") ? 1 : 0;
    }
    if (calls != wanted) {
      throw new CaseFailure(calls + " tool calls instead of " + wanted);
    }
  }

  private static String checkWords(List<JsonObject> events, boolean audio) {
    String kind = audio ? "response.audio_transcript." : "response.text.";
    String other = audio ? "response.text." : "response.audio_transcript.";
    StringBuilder words = new StringBuilder();
    String done = null;
    for (JsonObject event : events) {
      String type = Inbox.typeOf(event);
      if (type.equals(kind + "delta")) {
        words.append(event.get("delta").getAsString());
      } else if (type.equals(kind + "done")) {
        done = event.get(audio ? "transcript" : "text").getAsString();
      } else if (type.startsWith(other)) {
        throw new CaseFailure(type + " in a " + (audio ? "spoken" : "written") + " answer");
      }
    }
    if (!words.toString().equals(done)) {
      throw new CaseFailure("the deltas say '" + words + "', the done event '" + done + "'");
    }
    return words.toString();
  }

  private static void checkAudio(List<JsonObject> events, JsonObject options, boolean audio) {
    int sizeBytes = 0;
    int deltas = 0;
    int dones = 0;
    for (JsonObject event : events) {
      if (Inbox.typeOf(event).equals("response.audio.delta")) {
        sizeBytes += Base64.getDecoder().decode(event.get("delta").getAsString()).length;
        deltas++;
      }
      dones += Inbox.typeOf(event).equals("response.audio.done") ? 1 : 0;
    }
    boolean spoken = sizeBytes > 0 && sizeBytes % 2 == 0 && dones == 1;
    if (audio ? !spoken : deltas + dones > 0) {
      throw new CaseFailure(sizeBytes + " bytes of audio in " + deltas + " deltas and " + dones + " done events");
    }
    if (options.has("audioDeltas") && deltas != options.get("audioDeltas").getAsInt()) {
      throw new CaseFailure(deltas + " audio deltas instead of " + options.get("audioDeltas"));
    }
  }

  private static void checkOutput(JsonObject response, String words, boolean audio) {
    JsonObject item = response.getAsJsonArray("output").get(0).getAsJsonObject();
    JsonObject part = item.getAsJsonArray("content").get(0).getAsJsonObject();
    JsonElement said = part.get(audio ? "transcript" : "text");
    if (said == null || !said.getAsString().equals(words)) {
      throw new CaseFailure("response.done says " + part + ", the deltas '" + words + "'");
    }
    JsonObject usage = response.getAsJsonObject("usage");
    int sum = usage.get("input_tokens").getAsInt() + usage.get("output_tokens").getAsInt();
    if (usage.get("total_tokens").getAsInt() != sum) {
      throw new CaseFailure("the usage does not add up: " + usage);
    }
  }
}
