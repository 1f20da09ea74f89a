"""
One connection of the library run: the callback that the SDK calls, and what the SDK wrote to its log meanwhile.
It must never raise out of a callback: what the SDK would make of that is not what is observed here.
"""

import logging
import threading
import time

from dashscope.audio.qwen_omni import OmniRealtimeCallback


class Link(OmniRealtimeCallback):
    """What the program was told about one connection, in order, and a condition that wakes whoever waits for more."""

    def __init__(self):
        self.changed = threading.Condition()
        self.conversation = None
        self.opened = False
        self.closed: list | None = None
        # The program has begun to leave: what ends from here on it has asked for itself.
        self.leaving = False
        self.closed_while_leaving: tuple | None = None
        self.raised = False
        self.seen = 0
        self.last_at = time.monotonic()
        self.responses: list = []
        self.known_ids: set = set()
        self.errors: list = []
        self.open_calls: list = []
        # What happened in order, as far as it tells whether a line of the log came to the program as well.
        self.marks: list = []

    @property
    def lost(self) -> bool:
        """Whether the program was told, one way or another, that this connection is of no more use."""
        return self.closed is not None or self.raised

    def on_open(self) -> None:
        self.opened = True

    def on_close(self, close_status_code, close_msg) -> None:
        with self.changed:
            close = [close_status_code, close_msg]
            if self.leaving:
                self.closed_while_leaving = (close, time.monotonic())
            elif self.closed is None:
                self.closed = close
            self.marks.append(("closed", close_status_code))
            self.changed.notify_all()

    def leave(self) -> None:
        with self.changed:
            self.leaving = True
            self.marks.append(("leave", None))

    def on_event(self, message) -> None:
        with self.changed:
            self.seen += 1
            self.last_at = time.monotonic()
            if not self.marks or self.marks[-1][0] != "event":
                self.marks.append(("event", None))
            if isinstance(message, dict):
                self._take(message)
            self.changed.notify_all()

    def _take(self, event: dict) -> None:
        kind = event.get("type")
        if kind == "error":
            error = event.get("error")
            code = error.get("code") or error.get("message") if isinstance(error, dict) else error
            self.errors.append(str(code))
        elif kind == "response.function_call_arguments.done":
            self.open_calls.append(event.get("call_id"))
        elif kind in ("response.created", "response.done"):
            response = event.get("response")
            response = response if isinstance(response, dict) else {}
            identifier = str(response.get("id"))
            if kind == "response.done":
                self.responses.append((identifier, response.get("status")))
            else:
                self.known_ids.add(identifier)

    def log_lines(self) -> list:
        """
        What the SDK wrote to its log and the program was not told before it began to leave: each line with whether it
        is the unspoken reason of a close, of which the program was told without a code.
        """
        lines = []
        for index, (kind, text) in enumerate(self.marks):
            if kind == "leave":
                break
            behind = self.marks[index + 1] if index + 1 < len(self.marks) else ("end", None)
            if kind == "log" and (behind[0] != "closed" or behind[1] is None):
                lines.append({"text": text, "ofClose": behind[0] == "closed"})
        # The SDK writes some errors twice: once itself, once where its library caught them.
        texts = [line["text"] for line in lines]
        return [line for line in lines if f"websocket error: {line['text']}" not in texts]


class LinkLog(logging.Handler):
    """Hands lines of the SDK's log to the connection whose thread, or whose caller, wrote them."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.links: list = []

    def emit(self, record: logging.LogRecord) -> None:
        # The newest first: the system uses the numbers of threads again.
        for link in reversed(self.links):
            thread = getattr(link.conversation, "thread", None)
            if thread is not None and thread.ident == record.thread:
                with link.changed:
                    # What follows in such a line are the headers of an HTTP answer, and its body.
                    link.marks.append(("log", record.getMessage().split(" -+-+- ")[0][:300]))
                return
