package soundstage.interop;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns the references of the case tables into values: files, long strings, tools, names bound earlier in the case.
 * It must never invent a value: an unknown name is an error of the table.
 */
final class Inputs {
  private static final String TOOLS =
      """
      [{"type":"function","function":{"name":"get_weather","description":"The weather of a city.",
        "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}},
       {"type":"function","function":{"name":"get_time","description":"The time of day.",
        "parameters":{"type":"object","properties":{}}}}]
      """;

  /** What this SDK calls its default output format on the wire. */
  private static final String OUTPUT_FORMAT = "pcm24";

  private final Path fixtures;
  private final Map<String, String> names = new HashMap<>();

  Inputs(Path fixtures) {
    this.fixtures = fixtures;
  }

  void bind(String name, String value) {
    names.put(name, value);
  }

  String named(String name) {
    String value = names.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the case has not bound " + name);
    }
    return value;
  }

  byte[] bytesOf(String name) {
    try {
      return Files.readAllBytes(fixtures.resolve(name));
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  JsonElement resolve(JsonElement value) {
    if (value.isJsonObject()) {
      JsonObject resolved = new JsonObject();
      value.getAsJsonObject().entrySet().forEach(entry -> resolved.add(entry.getKey(), resolve(entry.getValue())));
      return resolved;
    }
    if (value.isJsonArray()) {
      JsonArray resolved = new JsonArray();
      value.getAsJsonArray().forEach(inner -> resolved.add(resolve(inner)));
      return resolved;
    }
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
      return value;
    }
    String text = value.getAsString();
    return text.startsWith("$") ? new JsonPrimitive(named(text)) : reference(text);
  }

  private JsonElement reference(String text) {
    String[] parts = text.split(":", -1);
    return switch (parts[0]) {
      case "@tools" -> JsonParser.parseString(TOOLS);
      case "@one-tool" -> {
        JsonArray one = new JsonArray();
        one.add(JsonParser.parseString(TOOLS).getAsJsonArray().get(0));
        yield one;
      }
      case "@output-format" -> new JsonPrimitive(OUTPUT_FORMAT);
      case "@base64" -> new JsonPrimitive(Base64.getEncoder().encodeToString(bytesOf(parts[1])));
      case "@repeat" -> new JsonPrimitive(parts[1].repeat(Integer.parseInt(parts[2])));
      case "@nested" -> {
        int depth = Integer.parseInt(parts[1]);
        yield new JsonPrimitive("{\"type\":\"session.update\",\"session\":" + "[".repeat(depth) + "]".repeat(depth) + "}");
      }
      default -> new JsonPrimitive(text);
    };
  }
}
