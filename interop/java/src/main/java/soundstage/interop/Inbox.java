package soundstage.interop;

import com.alibaba.dashscope.audio.omni.OmniRealtimeCallback;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The only thing the suite subclasses: a callback that stores what the SDK reports and lets another thread wait for
 * it. It must never throw inside the SDK's thread and never filter an event.
 */
final class Inbox extends OmniRealtimeCallback {
  static final long WAIT_MS = 10_000;

  /**
   * What the SDK logs when the server answered before connect() had set its latch: a race inside the SDK that kills
   * the connection and says nothing about the server.
   */
  private static final String CONNECT_RACE = "CountDownLatch.countDown()\" because";

  record Close(int code, String reason) {}

  private final List<JsonObject> events = new ArrayList<>();
  private final Set<Integer> excused = new HashSet<>();
  private final List<String> sdkErrors = new ArrayList<>();
  private boolean opened = false;
  private Close closed = null;

  @Override
  public synchronized void onOpen() {
    opened = true;
    notifyAll();
  }

  @Override
  public synchronized void onEvent(JsonObject message) {
    events.add(message);
    notifyAll();
  }

  @Override
  public synchronized void onClose(int code, String reason) {
    closed = new Close(code, reason);
    notifyAll();
  }

  synchronized void sdkError(String line) {
    sdkErrors.add(line);
    notifyAll();
  }

  /** The events so far; hold the inbox's monitor, or be inside a wait, while reading it. */
  List<JsonObject> events() {
    return events;
  }

  List<String> sdkErrors() {
    return sdkErrors;
  }

  /** Whether the SDK lost its own connect race; the case then proves nothing. */
  synchronized boolean lostConnectRace() {
    return sdkErrors.stream().anyMatch(line -> line.contains(CONNECT_RACE));
  }

  synchronized boolean delivered() {
    return opened || !events.isEmpty();
  }

  synchronized Close closed() {
    return closed;
  }

  void excuse(int index) {
    excused.add(index);
  }

  boolean isExcused(int index) {
    return excused.contains(index);
  }

  /**
   * Waits until `find` gives something other than null and returns it. An `error` event that no step has excused, or
   * a close, ends the wait at once when it is strict.
   */
  synchronized <T> T await(Supplier<T> find, String what, boolean strict) {
    long deadline = System.nanoTime() + WAIT_MS * 1_000_000;
    while (true) {
      T found = find.get();
      if (found != null) {
        return found;
      }
      if (lostConnectRace()) {
        throw new CaseFailure("the SDK lost its connect race");
      }
      if (strict) {
        failOnError("while waiting for " + what);
        if (closed != null) {
          throw new CaseFailure("the connection closed with " + closed + " while waiting for " + what);
        }
      }
      long leftMs = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        throw new CaseFailure("no " + what + " within " + WAIT_MS + " ms; received " + tail());
      }
      try {
        wait(leftMs);
      } catch (InterruptedException interrupted) {
        throw new CaseFailure("interrupted while waiting for " + what);
      }
    }
  }

  synchronized void failOnError(String when) {
    for (int index = 0; index < events.size(); index++) {
      if (typeOf(events.get(index)).equals("error") && !excused.contains(index)) {
        throw new CaseFailure("unexpected error " + events.get(index).get("error") + " " + when);
      }
    }
  }

  static String typeOf(JsonObject event) {
    return event.has("type") ? event.get("type").getAsString() : "?";
  }

  private String tail() {
    List<String> types = events.stream().map(Inbox::typeOf).toList();
    return types.isEmpty() ? "nothing" : String.join(", ", types.subList(Math.max(0, types.size() - 12), types.size()));
  }
}
