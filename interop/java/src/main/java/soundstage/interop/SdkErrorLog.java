package soundstage.interop;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The SDK reports a refused upgrade only in its log, which goes to the error stream: this stands in for that stream
 * and hands each line to the inbox of the running case. It must be in place before the SDK loads its logger.
 */
final class SdkErrorLog extends ByteArrayOutputStream {
  private final PrintStream original = System.err;
  private volatile Inbox inbox = null;

  static SdkErrorLog install() {
    SdkErrorLog log = new SdkErrorLog();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    return log;
  }

  void reportTo(Inbox target) {
    inbox = target;
  }

  @Override
  public synchronized void flush() {
    String text = toString(StandardCharsets.UTF_8);
    if (!text.endsWith("\n")) {
      return;
    }
    reset();
    Inbox target = inbox;
    for (String line : text.split("\n")) {
      if (target != null) {
        target.sdkError(line);
      }
    }
    if (System.getenv("SOUNDSTAGE_INTEROP_VERBOSE") != null) {
      original.print(text);
    }
  }
}
