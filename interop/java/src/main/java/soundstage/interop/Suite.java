package soundstage.interop;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs the interop cases through the official Java SDK: `Suite --servers JSON --sdk NAME …`. Prints one
 * JSON line per case and exits 1 when one failed. It must never patch the SDK,
 * and repeats a case only when the SDK broke its own connection before the first event.
 */
public final class Suite {
  private static final long CASE_WATCHDOG_MS = 40_000;

  /** How often the SDK may lose its own connect race in one case before that counts as a failure. */
  private static final int MAX_CONNECT_RACES = 5;

  private Suite() {}

  public static void main(String[] arguments) throws Exception {
    SdkErrorLog log = SdkErrorLog.install();
    Map<String, String> options = new HashMap<>();
    for (int index = 0; index + 1 < arguments.length; index += 2) {
      options.put(arguments[index], arguments[index + 1]);
    }
    int failures = 0;
    for (JsonObject definition : cases(Path.of(options.get("--cases")))) {
      String name = definition.get("case").getAsString();
      if (!name.contains(options.getOrDefault("--only", ""))) {
        continue;
      }
      JsonObject verdict = runCase(definition, options, log);
      failures += verdict.get("status").getAsString().equals("passed") ? 0 : 1;
      System.out.println(verdict);
      System.out.flush();
    }
    // A thread of the SDK that hangs must not keep the program alive.
    Runtime.getRuntime().halt(failures > 0 ? 1 : 0);
  }

  private static List<JsonObject> cases(Path folder) throws IOException {
    List<JsonObject> cases = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).sorted().toList()) {
        JsonParser.parseString(Files.readString(file)).getAsJsonArray().forEach(one -> cases.add(one.getAsJsonObject()));
      }
    }
    cases.removeIf(one -> one.has("sdks") && !contains(one.getAsJsonArray("sdks"), "java"));
    return cases;
  }

  private static boolean contains(JsonArray names, String name) {
    return names.contains(new JsonPrimitive(name));
  }

  private static JsonObject runCase(JsonObject definition, Map<String, String> options, SdkErrorLog log)
      throws InterruptedException {
    long startedNs = System.nanoTime();
    String[] detail = {""};
    for (int attempt = 1; attempt <= MAX_CONNECT_RACES; attempt++) {
      detail[0] = "the watchdog ended the case after " + CASE_WATCHDOG_MS + " ms";
      CaseRun run = prepare(definition, options);
      log.reportTo(run.inbox);
      daemon(() -> detail[0] = outcome(run)).join(CASE_WATCHDOG_MS);
      daemon(run::close).join(5_000);
      if (!run.inbox.lostConnectRace()) {
        break;
      }
    }
    String problem = detail[0];
    JsonObject verdict = new JsonObject();
    verdict.add("case", definition.get("case"));
    verdict.addProperty("status", problem.isEmpty() ? "passed" : "failed");
    verdict.addProperty("detail", problem);
    verdict.addProperty("ms", (System.nanoTime() - startedNs) / 1_000_000);
    return verdict;
  }

  private static CaseRun prepare(JsonObject definition, Map<String, String> options) {
    JsonObject servers = JsonParser.parseString(options.get("--servers")).getAsJsonObject();
    String server = definition.has("server") ? definition.get("server").getAsString() : "default";
    Inputs inputs = new Inputs(Path.of(options.get("--fixtures")));
    return new CaseRun(definition, servers.get(server).getAsString(), options.get("--sdk"), inputs);
  }

  private static String outcome(CaseRun run) {
    try {
      run.run();
      return "";
    } catch (CaseFailure failure) {
      return failure.getMessage();
    } catch (Throwable error) {
      return error.toString();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
