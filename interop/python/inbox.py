"""
The only thing the suite subclasses: a callback that stores what the SDK reports and lets another thread wait for it.
It must never raise inside the SDK's thread and never filter an event.
"""

import logging
import threading
import time

from dashscope.audio.qwen_omni import OmniRealtimeCallback

WAIT_S = 10.0


class CaseFailure(Exception):
    """The server did not do what the case says; the message is what the report prints."""


class Inbox(OmniRealtimeCallback):
    """Everything one connection delivered, in order. Indexes into `events` are stable."""

    def __init__(self):
        self.changed = threading.Condition()
        self.opened = False
        self.closed = None
        self.events: list = []
        self.excused: set = set()
        self.sdk_errors: list = []

    def on_open(self) -> None:
        with self.changed:
            self.opened = True
            self.changed.notify_all()

    def on_close(self, close_status_code, close_msg) -> None:
        with self.changed:
            self.closed = (close_status_code, close_msg)
            self.changed.notify_all()

    def on_event(self, message) -> None:
        with self.changed:
            self.events.append(message)
            self.changed.notify_all()

    def sdk_error(self, text: str) -> None:
        with self.changed:
            self.sdk_errors.append(text)
            self.changed.notify_all()

    def wait(self, find, what: str, timeout_s: float = WAIT_S, errors_fail: bool = True, close_fails: bool = True):
        """
        Waits until `find()` gives something other than None and returns it. An `error` event that no case step
        has excused, or a close, ends the wait at once with a failure that says so.
        """
        deadline = time.monotonic() + timeout_s
        with self.changed:
            while True:
                found = find()
                if found is not None:
                    return found
                if errors_fail:
                    self.fail_on_error(f"while waiting for {what}")
                if close_fails and self.closed is not None:
                    raise CaseFailure(f"the connection closed with {self.closed} while waiting for {what}")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise CaseFailure(f"no {what} within {timeout_s:g} s; received {self.tail()}")
                self.changed.wait(left)

    def fail_on_error(self, when: str) -> None:
        for index, event in enumerate(self.events):
            if event.get("type") == "error" and index not in self.excused:
                raise CaseFailure(f"unexpected error {event.get('error')} {when}")

    def tail(self) -> str:
        types = [event.get("type", "?") for event in self.events]
        return ", ".join(types[-12:]) or "nothing"


class SdkErrorLog(logging.Handler):
    """The SDK reports a refused upgrade only in its log: this hands those lines to the inbox of the running case."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.inbox = None

    def emit(self, record: logging.LogRecord) -> None:
        if self.inbox is not None:
            self.inbox.sdk_error(record.getMessage())
