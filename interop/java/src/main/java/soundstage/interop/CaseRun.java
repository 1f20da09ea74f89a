package soundstage.interop;

import com.alibaba.dashscope.audio.omni.OmniRealtimeConversation;
import com.alibaba.dashscope.audio.omni.OmniRealtimeParam;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One case on one connection: opens it through the SDK, runs the steps of the table in order, closes it. It must
 * never touch the SDK's internals; what the SDK offers in public is all a user has.
 */
final class CaseRun {
  private static final String DEFAULT_MODEL = "qwen3-omni-flash-realtime";
  private static final String REALTIME_PATH = "/api-ws/v1/realtime";

  final JsonObject definition;
  final Inputs inputs;
  final Inbox inbox = new Inbox();
  final OmniRealtimeConversation conversation;
  /** Ids of the responses that an `answer` step has checked. */
  final Set<String> answered = new HashSet<>();
  /** Index behind the last event a step has read. */
  int cursor = 0;

  CaseRun(JsonObject definition, String server, String sdk, Inputs inputs) {
    this.definition = definition;
    this.inputs = inputs;
    JsonObject options = definition.has("connect") ? definition.getAsJsonObject("connect") : new JsonObject();
    var parameters =
        OmniRealtimeParam.builder()
            .model(model())
            .apikey(text(options, "key", "sk-interop"))
            .url(url(server, sdk, options));
    if (options.has("workspace")) {
      parameters.workspace(options.get("workspace").getAsString());
    }
    if (options.has("headers")) {
      options.getAsJsonObject("headers").entrySet().forEach(one -> parameters.header(one.getKey(), one.getValue().getAsString()));
    }
    conversation = new OmniRealtimeConversation(parameters.build(), inbox);
  }

  private String url(String server, String sdk, JsonObject options) {
    if (options.has("query")) {
      return server + REALTIME_PATH + "?" + options.get("query").getAsString();
    }
    String name = sdk + "-" + definition.get("case").getAsString();
    return server + "/s/" + text(definition, "scenario", "default") + "/" + name + REALTIME_PATH;
  }

  private String model() {
    return text(definition, "model", DEFAULT_MODEL);
  }

  private static String text(JsonObject object, String key, String fallback) {
    return object.has(key) ? object.get(key).getAsString() : fallback;
  }

  /** Throws CaseFailure at the first step that does not hold. */
  void run() throws Exception {
    connect();
    if (!definition.has("opens") || definition.get("opens").getAsBoolean()) {
      awaitSession();
    }
    int number = 0;
    for (JsonElement step : definition.getAsJsonArray("steps")) {
      number++;
      runStep(number, step.getAsJsonArray());
    }
    inbox.failOnError("at the end of the case");
  }

  /** This SDK's connect() waits for ever when the upgrade is refused, so it gets a thread of its own. */
  private void connect() {
    Thread connecting =
        new Thread(
            () -> {
              try {
                conversation.connect();
              } catch (Exception error) {
                inbox.sdkError("connect() threw: " + error);
              }
            });
    connecting.setDaemon(true);
    connecting.start();
  }

  private void awaitSession() {
    JsonObject created = take(event -> Inbox.typeOf(event).equals("session.created"), "session.created");
    if (cursor != 1) {
      throw new CaseFailure("session.created was event number " + cursor);
    }
    JsonObject session = created.getAsJsonObject("session");
    inputs.bind("$session", session.get("id").getAsString());
    if (!session.get("model").getAsString().equals(model())) {
      throw new CaseFailure("session.created names the model " + session.get("model") + ", not " + model());
    }
  }

  private void runStep(int number, JsonArray step) throws Exception {
    String name = step.get(0).getAsString();
    JsonElement argument = step.size() > 1 ? inputs.resolve(step.get(1)) : JsonNull.INSTANCE;
    Step action = Actions.TABLE.getOrDefault(name, Expectations.TABLE.get(name));
    if (action == null) {
      throw new CaseFailure("step " + number + ": the table names an unknown step " + name);
    }
    try {
      action.run(this, argument);
    } catch (CaseFailure failure) {
      throw new CaseFailure("step " + number + " " + name + ": " + failure.getMessage());
    }
  }

  /** The next event from the cursor on that matches; the cursor moves behind it. */
  JsonObject take(Predicate<JsonObject> matches, String what) {
    return inbox.await(
        () -> {
          for (int index = cursor; index < inbox.events().size(); index++) {
            if (matches.test(inbox.events().get(index))) {
              cursor = index + 1;
              return inbox.events().get(index);
            }
          }
          return null;
        },
        what,
        true);
  }

  /** Ends the connection however the case went. */
  void close() {
    try {
      if (inbox.closed() == null) {
        conversation.close();
      }
    } catch (RuntimeException error) {
      inbox.sdkError("close() threw: " + error);
    }
  }

  /** One step of the tables. */
  @FunctionalInterface
  interface Step {
    void run(CaseRun run, JsonElement argument) throws Exception;
  }
}
