"""
The program that runs against every scenario of the library: what somebody writes after reading the SDK's documentation.
Connects, sets the session up, asks a spoken question twice, ends the session, and connects once more when the
connection was lost. It must use nothing of the SDK but its public surface, and know nothing about any scenario.
"""

import base64
import time

from dashscope.audio.qwen_omni import MultiModality, OmniRealtimeConversation

from library_link import Link

MODEL = "qwen3.5-omni-flash-realtime"
PACKET_BYTES = 3200
SILENCE = bytes(64000)
# However long events keep coming.
TURN_LIMIT_S = 20.0
QUIET_AFTER_ERROR_S = 1.0
END_TIMEOUT_S = 3
# Between packets: far less than a microphone takes, enough for the server to get a word in.
PACKET_PAUSE_S = 0.005
# Between turns and before the end, as a person would pause: what comes right behind an answer is seen before.
PAUSE_S = 0.25
# For the close that explains why a call raised.
EXPLANATION_S = 0.5
MOST_TOOL_ROUNDS = 3
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Raised(Exception):
    """A call of the SDK raised; it has been recorded."""


class Program:
    """One run. `call` tells the watchdog which call of the SDK is under way and since when."""

    def __init__(self, job: dict, speech: bytes, log):
        self.job = job
        self.speech = speech if job["mode"] == "manual" else speech + SILENCE
        self.log = log
        self.links: list = []
        self.raised: list = []
        self.turns: dict = {"first": "not reached", "probe": "not reached"}
        self.call = None

    def run(self) -> None:
        link = self._open()
        if link is not None:
            self.turns["first"] = self._turn(link)
            time.sleep(PAUSE_S)
        if link is None or link.lost:
            link = self._reopen(link)
        if link is not None:
            self.turns["probe"] = self._turn(link)
            if link.lost and len(self.links) == 1:
                link = self._reopen(link)
                self.turns["probe"] = self._turn(link) if link is not None else "not reached"
        if link is not None:
            time.sleep(PAUSE_S)
            if not link.lost:
                self._end(link)
        self._close(link)

    def _open(self):
        link = Link()
        link.conversation = OmniRealtimeConversation(
            model=MODEL, callback=link, url=self.job["url"], api_key="sk-library"
        )
        self.links.append(link)
        self.log.links.append(link)
        if not self._try(link, "connect", link.conversation.connect):
            return None
        tools = {"tools": [TOOL]} if self.job["tool"] else {}
        modalities = [MultiModality.TEXT, MultiModality.AUDIO]
        update = link.conversation.update_session
        if self.job["mode"] == "voice":
            self._try(link, "update_session", lambda: update(output_modalities=modalities, **tools))
        else:
            self._try(
                link,
                "update_session",
                lambda: update(output_modalities=modalities, enable_turn_detection=False, **tools),
            )
        return link

    def _reopen(self, lost):
        self._close(lost)
        return self._open()

    def _end(self, link) -> None:
        link.leave()
        if self._try(link, "end_session", lambda: link.conversation.end_session(timeout=END_TIMEOUT_S)):
            return
        with link.changed:
            close = link.closed_while_leaving
            # end_session() closes after its time is up; a close well before that was the server's.
            if close is not None and time.monotonic() - close[1] > END_TIMEOUT_S / 3:
                link.closed = close[0]

    def _close(self, link) -> None:
        if link is None:
            return
        link.leave()
        self._try(link, "close", link.conversation.close)

    def _try(self, link, name: str, call) -> bool:
        """Whether the call returned; what it raised is recorded and taken for the loss of the connection."""
        self.call = (name, time.monotonic())
        try:
            call()
            return True
        except Exception as error:  # pylint: disable=broad-except
            self.raised.append({"call": name, "error": f"{type(error).__name__}: {error}"})
            link.raised = True
            return False
        finally:
            self.call = None

    def _must(self, link, name: str, call) -> None:
        if not self._try(link, name, call):
            raise Raised

    def _turn(self, link) -> str:
        """Asks and waits for the whole answer. How it went in a few words; `completed` when the answer did."""
        if link.lost:
            return "connection lost"
        known = link.known_ids | {identifier for identifier, _ in link.responses if identifier != "None"}
        heard, errors = len(link.responses), len(link.errors)
        try:
            self._ask(link)
            for _ in range(MOST_TOOL_ROUNDS):
                heard, how = self._await_answer(link, heard, errors, known)
                if how != "completed" or not self._answer_calls(link):
                    return how
            return how
        except Raised:
            with link.changed:
                link.changed.wait_for(lambda: link.closed is not None, EXPLANATION_S)
            return "connection lost"

    def _ask(self, link) -> None:
        conversation = link.conversation
        for start in range(0, len(self.speech), PACKET_BYTES):
            packet = base64.b64encode(self.speech[start : start + PACKET_BYTES]).decode("ascii")
            self._must(link, "append_audio", lambda: conversation.append_audio(packet))
            time.sleep(PACKET_PAUSE_S)
        if self.job["mode"] == "manual":
            self._must(link, "commit", conversation.commit)
            self._must(link, "create_response", conversation.create_response)

    def _answer_calls(self, link) -> bool:
        with link.changed:
            calls, link.open_calls = link.open_calls, []
        for call_id in calls:
            item = {"type": "function_call_output", "call_id": call_id, "output": "sunny"}
            self._must(link, "create_item", lambda: link.conversation.create_item(item))
        if calls:
            self._must(link, "create_response", link.conversation.create_response)
        return bool(calls)

    def _await_answer(self, link, heard: int, errors: int, known: set):
        """Waits for the next response.done of a new response, for as long as events keep coming."""
        started = time.monotonic()
        with link.changed:
            while True:
                for index in range(heard, len(link.responses)):
                    identifier, status = link.responses[index]
                    if identifier not in known:
                        return index + 1, "completed" if status == "completed" else f"ended as {status}"
                if link.closed is not None:
                    return heard, "connection lost"
                refused = len(link.errors) > errors
                quiet_s = QUIET_AFTER_ERROR_S if refused else self.job["quietS"]
                now = time.monotonic()
                left = min(max(link.last_at, started) + quiet_s, started + max(quiet_s, TURN_LIMIT_S)) - now
                if left <= 0:
                    if now - link.last_at < quiet_s and not refused:
                        return heard, f"unfinished after {TURN_LIMIT_S:g} s"
                    return heard, "refused" if refused else "no answer"
                link.changed.wait(left)

    def facts(self) -> dict:
        """What is left to be read when it is over."""
        return {
            "links": [
                {
                    "opened": link.opened,
                    "closed": link.closed,
                    "told": link.closed is not None or link.raised or link.leaving,
                    "seen": link.seen,
                    "errors": link.errors,
                    "log": link.log_lines(),
                }
                for link in self.links
            ],
            "raised": self.raised,
            "turns": self.turns,
        }
