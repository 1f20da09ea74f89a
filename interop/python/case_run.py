"""
One case on one connection: opens it through the SDK, runs the steps of the table in order, closes it.
It must never touch the SDK's internals; what the SDK offers in public is all a user has.
"""

import threading

from dashscope.audio.qwen_omni import OmniRealtimeConversation

from actions import ACTIONS
from expectations import EXPECTATIONS
from inbox import CaseFailure, Inbox
from inputs import Inputs

DEFAULT_MODEL = "qwen3-omni-flash-realtime"
REALTIME_PATH = "/api-ws/v1/realtime"


class CaseRun:
    """State of a running case: the SDK's conversation, its inbox, and how far the steps have read."""

    def __init__(self, case: dict, server: str, sdk: str, inputs: Inputs):
        self.case = case
        self.inputs = inputs
        self.inbox = Inbox()
        self.cursor = 0
        self.answered: set = set()
        self.manual = False
        options = case.get("connect", {})
        self.conversation = OmniRealtimeConversation(
            model=case.get("model", DEFAULT_MODEL),
            callback=self.inbox,
            headers=options.get("headers"),
            workspace=options.get("workspace"),
            url=self._url(server, sdk, options),
            api_key=options.get("key", "sk-interop"),
        )

    def _url(self, server: str, sdk: str, options: dict) -> str:
        if "query" in options:
            return f"{server}{REALTIME_PATH}?{options['query']}"
        scenario = self.case.get("scenario", "default")
        return f"{server}/s/{scenario}/{sdk}-{self.case['case']}{REALTIME_PATH}"

    def run(self) -> None:
        """Raises CaseFailure at the first step that does not hold."""
        connecting = threading.Thread(target=self._connect, daemon=True)
        connecting.start()
        if self.case.get("opens", True):
            connecting.join(10)
            self._await_session()
        for number, step in enumerate(self.case["steps"], 1):
            self._step(number, step)
        self.inbox.fail_on_error("at the end of the case")

    def _connect(self) -> None:
        # The SDK waits five seconds before it reports a refused upgrade; steps look at its log instead.
        try:
            self.conversation.connect()
        except TimeoutError as error:
            self.inbox.sdk_error(f"connect() raised: {error}")

    def _await_session(self) -> None:
        created = self.take(lambda event: event.get("type") == "session.created", "session.created")
        if self.inbox.events[0] is not created:
            raise CaseFailure(f"the first event was {self.inbox.events[0].get('type')}, not session.created")
        self.inputs.names["$session"] = created["session"]["id"]
        model = self.case.get("model", DEFAULT_MODEL)
        if created["session"]["model"] != model:
            raise CaseFailure(f"session.created names the model {created['session']['model']}, not {model}")

    def _step(self, number: int, step: list) -> None:
        name = step[0]
        argument = self.inputs.resolve(step[1]) if len(step) > 1 else None
        run = ACTIONS.get(name) or EXPECTATIONS.get(name)
        if run is None:
            raise CaseFailure(f"step {number}: the table names an unknown step {name!r}")
        try:
            run(self, argument)
        except CaseFailure as failure:
            raise CaseFailure(f"step {number} {name}: {failure}") from None

    def take(self, matches, what: str, timeout_s: float = 10.0):
        """The next event from the cursor on that matches; the cursor moves behind it."""

        def find():
            for index in range(self.cursor, len(self.inbox.events)):
                if matches(self.inbox.events[index]):
                    self.cursor = index + 1
                    return self.inbox.events[index]
            return None

        return self.inbox.wait(find, what, timeout_s)

    def close(self) -> None:
        """Ends the connection however the case went."""
        try:
            if self.inbox.closed is None and self.conversation.ws is not None:
                self.conversation.close()
        except Exception as error:  # pylint: disable=broad-except
            self.inbox.sdk_error(f"close() raised: {error}")
