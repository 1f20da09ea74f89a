package soundstage.interop;

/** The server did not do what the case says; the message is what the report prints. */
final class CaseFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CaseFailure(String message) {
    super(message, null, false, false);
  }
}
