package soundstage.interop;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.Map;

/**
 * Compares what a case wants with what the server sent. Objects match when every wanted key does; "*" is any present
 * value, "!absent" a missing key, "?" leaves the key open. It must never treat a missing key as a match for anything
 * else.
 */
final class Matching {
  private Matching() {}

  /** Null when it matches, else one sentence about the first difference. `actual` is null for a missing key. */
  static String mismatch(JsonElement wanted, JsonElement actual, String path) {
    String where = path.isEmpty() ? "it" : path;
    if (isText(wanted, "!absent")) {
      return actual == null ? null : where + " should be absent but is " + actual;
    }
    if (isText(wanted, "?")) {
      return null;
    }
    if (actual == null) {
      return where + " is missing";
    }
    if (isText(wanted, "*")) {
      return null;
    }
    if (wanted.isJsonObject()) {
      return objects(wanted, actual, path);
    }
    if (wanted.isJsonArray()) {
      return arrays(wanted, actual, where);
    }
    return same(wanted, actual) ? null : where + " is " + actual + ", not " + wanted;
  }

  private static String objects(JsonElement wanted, JsonElement actual, String path) {
    if (!actual.isJsonObject()) {
      return (path.isEmpty() ? "it" : path) + " is " + actual + ", not an object";
    }
    for (Map.Entry<String, JsonElement> entry : wanted.getAsJsonObject().entrySet()) {
      String inner = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      String problem = mismatch(entry.getValue(), actual.getAsJsonObject().get(entry.getKey()), inner);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static String arrays(JsonElement wanted, JsonElement actual, String where) {
    if (!actual.isJsonArray() || actual.getAsJsonArray().size() != wanted.getAsJsonArray().size()) {
      return where + " is " + actual + ", not " + wanted;
    }
    for (int index = 0; index < wanted.getAsJsonArray().size(); index++) {
      JsonElement inner = actual.getAsJsonArray().get(index);
      String problem = mismatch(wanted.getAsJsonArray().get(index), inner, where + "[" + index + "]");
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static boolean same(JsonElement wanted, JsonElement actual) {
    if (wanted instanceof JsonPrimitive one && actual instanceof JsonPrimitive other && one.isNumber()) {
      return other.isNumber() && Math.abs(one.getAsDouble() - other.getAsDouble()) < 1e-6;
    }
    return wanted.equals(actual);
  }

  private static boolean isText(JsonElement wanted, String text) {
    return wanted instanceof JsonPrimitive one && one.isString() && one.getAsString().equals(text);
  }
}
