package soundstage.interop;

import com.alibaba.dashscope.audio.omni.OmniRealtimeConfig;
import com.alibaba.dashscope.audio.omni.OmniRealtimeModality;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a case can make the SDK do: one small function per step of the tables, each a call that a user would write.
 * It must never look at what the server answered, except for the composite steps that say so.
 */
final class Actions {
  private static final int PACKET_BYTES = 3200;
  private static final int BYTES_PER_MS = 32;
  private static final JsonElement SPOKEN = JsonParser.parseString("{\"audio\":true}");
  private static final JsonElement MANUAL =
      JsonParser.parseString("{\"type\":\"session.updated\",\"session\":{\"turn_detection\":\"!absent\"}}");

  static final Map<String, CaseRun.Step> TABLE =
      Map.ofEntries(
          Map.entry("updateSession", Actions::updateSession),
          Map.entry("manual", Actions::manual),
          Map.entry("speak", Actions::speak),
          Map.entry("silence", (run, ms) -> appendInPackets(run, new byte[ms.getAsInt() * BYTES_PER_MS], PACKET_BYTES)),
          Map.entry("appendAudio", (run, audio) -> run.conversation.appendAudio(audio.getAsString())),
          Map.entry("appendVideo", (run, image) -> run.conversation.appendVideo(image.getAsString())),
          Map.entry("commit", (run, none) -> run.conversation.commit()),
          Map.entry("clear", (run, none) -> run.conversation.clearAppendedAudio()),
          Map.entry("createResponse", Actions::createResponse),
          Map.entry("cancelResponse", (run, none) -> run.conversation.cancelResponse()),
          Map.entry("createItem", Actions::createItem),
          Map.entry("sendRaw", Actions::sendRaw),
          Map.entry("endSession", (run, none) -> run.conversation.endSession(10)),
          Map.entry("cleanTurn", Actions::cleanTurn),
          Map.entry("cleanVadTurn", Actions::cleanVadTurn));

  private Actions() {}

  private static void updateSession(CaseRun run, JsonElement argument) {
    JsonObject options = argument.isJsonObject() ? argument.getAsJsonObject() : new JsonObject();
    var config = OmniRealtimeConfig.builder().modalities(modalities(options.get("modalities")));
    for (Map.Entry<String, JsonElement> option : options.entrySet()) {
      JsonElement value = option.getValue();
      switch (option.getKey()) {
        case "modalities" -> {}
        case "voice" -> config.voice(value.getAsString());
        case "enableTurnDetection" -> config.enableTurnDetection(value.getAsBoolean());
        case "enableInputAudioTranscription" -> config.enableInputAudioTranscription(value.getAsBoolean());
        case "turnDetectionType" -> config.turnDetectionType(value.getAsString());
        case "turnDetectionThreshold" -> config.turnDetectionThreshold(value.getAsFloat());
        case "turnDetectionSilenceDurationMs" -> config.turnDetectionSilenceDurationMs(value.getAsInt());
        case "prefixPaddingMs" -> config.prefixPaddingMs(value.getAsInt());
        case "turnDetectionParam" -> config.turnDetectionParam(members(value));
        case "extra" -> config.parameters(members(value));
        default -> throw new IllegalArgumentException("updateSession has no " + option.getKey());
      }
    }
    run.conversation.updateSession(config.build());
  }

  private static Map<String, Object> members(JsonElement object) {
    Map<String, Object> members = new HashMap<>();
    object.getAsJsonObject().entrySet().forEach(one -> members.put(one.getKey(), one.getValue()));
    return members;
  }

  private static List<OmniRealtimeModality> modalities(JsonElement names) {
    if (names == null) {
      return List.of(OmniRealtimeModality.TEXT, OmniRealtimeModality.AUDIO);
    }
    List<OmniRealtimeModality> wanted = new ArrayList<>();
    names.getAsJsonArray().forEach(name -> wanted.add(OmniRealtimeModality.valueOf(name.getAsString().toUpperCase())));
    return wanted;
  }

  /** Composite: switches turn detection off and waits until the server says so. */
  private static void manual(CaseRun run, JsonElement argument) throws Exception {
    JsonObject options = argument.isJsonObject() ? argument.getAsJsonObject() : new JsonObject();
    options.add("enableTurnDetection", new JsonPrimitive(false));
    updateSession(run, options);
    Expectations.event(run, MANUAL);
  }

  private static void appendInPackets(CaseRun run, byte[] pcm, int packetBytes) {
    for (int start = 0; start < pcm.length; start += packetBytes) {
      byte[] packet = Arrays.copyOfRange(pcm, start, Math.min(start + packetBytes, pcm.length));
      run.conversation.appendAudio(Base64.getEncoder().encodeToString(packet));
    }
  }

  private static void speak(CaseRun run, JsonElement argument) {
    boolean odd = argument.isJsonObject() && argument.getAsJsonObject().has("packetBytes");
    int packetBytes = odd ? argument.getAsJsonObject().get("packetBytes").getAsInt() : PACKET_BYTES;
    appendInPackets(run, run.inputs.bytesOf("question.pcm"), packetBytes);
  }

  private static void createResponse(CaseRun run, JsonElement argument) {
    JsonObject options = argument.isJsonObject() ? argument.getAsJsonObject() : new JsonObject();
    String instructions = options.has("instructions") ? options.get("instructions").getAsString() : null;
    List<OmniRealtimeModality> wanted = options.has("modalities") ? modalities(options.get("modalities")) : null;
    run.conversation.createResponse(instructions, wanted);
  }

  /** This SDK has no method for items; sendRaw is how its users create them. */
  private static void createItem(CaseRun run, JsonElement item) {
    JsonObject frame = new JsonObject();
    frame.addProperty("type", "conversation.item.create");
    frame.add("item", item);
    run.conversation.sendRaw(frame.toString());
  }

  private static void sendRaw(CaseRun run, JsonElement frame) {
    run.conversation.sendRaw(frame.isJsonPrimitive() ? frame.getAsString() : frame.toString());
  }

  /** Composite: a manual spoken turn that must complete. */
  private static void cleanTurn(CaseRun run, JsonElement none) throws Exception {
    speak(run, JsonNull.INSTANCE);
    run.conversation.commit();
    createResponse(run, JsonNull.INSTANCE);
    Answer.check(run, SPOKEN);
  }

  /** Composite: a turn that voice activity ends and that must complete. */
  private static void cleanVadTurn(CaseRun run, JsonElement none) throws Exception {
    speak(run, JsonNull.INSTANCE);
    appendInPackets(run, new byte[2000 * BYTES_PER_MS], PACKET_BYTES);
    Expectations.vadTurn(run, JsonNull.INSTANCE);
    Answer.check(run, SPOKEN);
  }
}
