"""
What a case can demand of the server: one small function per step of the tables.
It must never repair or skip anything silently: an event that contradicts the step is a failure.
"""

import json

from answer import check_answer
from inbox import CaseFailure
from matching import mismatch

VAD_ORDER = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.created",
    "conversation.item.input_audio_transcription.completed",
]
TRANSCRIPTION_DELTA = "conversation.item.input_audio_transcription.delta"


def expect_event(run, wanted) -> dict:
    """The next event of the type, whatever comes before it; its fields must match."""
    wanted = {"type": wanted} if isinstance(wanted, str) else wanted
    event = run.take(lambda candidate: candidate.get("type") == wanted["type"], wanted["type"])
    problem = mismatch(wanted, event)
    if problem:
        raise CaseFailure(f"{wanted['type']}: {problem}")
    return event


def expect_order(run, types) -> list:
    """Exactly these events follow, in this order; only deltas may come between them."""
    seen = []
    for wanted in types:
        event = run.take(lambda candidate: not candidate.get("type", "").endswith(".delta"), wanted)
        seen.append(event)
        if event.get("type") != wanted:
            raise CaseFailure(f"expected {wanted} after {[one['type'] for one in seen[:-1]]}, got {event.get('type')}")
    return seen


def expect_refusal(run, wanted) -> None:
    """The next error that no step has seen yet. `code` and `param` must be absent when the case leaves them out."""

    def find():
        for index, event in enumerate(run.inbox.events):
            if event.get("type") == "error" and index not in run.inbox.excused:
                run.inbox.excused.add(index)
                run.cursor = max(run.cursor, index + 1)
                return event["error"]
        return None

    error = run.inbox.wait(find, "error event", errors_fail=False, close_fails=False)
    complete = {"code": "!absent", "param": "!absent", "message": "?", **wanted}
    problem = mismatch(complete, error)
    if problem:
        raise CaseFailure(f"{problem} in {json.dumps(error)}")


def expect_answer(run, options) -> None:
    check_answer(run, options or {})


def expect_vad_turn(run, options) -> None:
    """One voice activity turn: the order of its events, one item id for all, positions that make sense."""
    first = run.cursor
    started, stopped, committed, created, completed = expect_order(run, VAD_ORDER)
    item_id = started["item_id"]
    others = [stopped["item_id"], committed["item_id"], created["item"]["id"], completed["item_id"]]
    if others != [item_id] * 4:
        raise CaseFailure(f"the turn's item ids differ: {item_id} and {others}")
    if not 0 <= started["audio_start_ms"] < stopped["audio_end_ms"]:
        raise CaseFailure(f"speech from {started['audio_start_ms']} ms to {stopped['audio_end_ms']} ms")
    deltas = [event for event in run.inbox.events[first : run.cursor] if event["type"] == TRANSCRIPTION_DELTA]
    if (options or {}).get("deltas") and (not deltas or deltas[-1]["text"] != completed["transcript"]):
        raise CaseFailure(f"{len(deltas)} transcription deltas do not grow into {completed['transcript']!r}")
    if not completed["transcript"]:
        raise CaseFailure("the transcript of the speech is empty")


def expect_tool_call(run, options) -> None:
    done = expect_event(run, "response.function_call_arguments.done")
    problem = mismatch(options["arguments"], json.loads(done["arguments"]))
    if done["name"] != options["name"] or problem:
        raise CaseFailure(f"the call is {done['name']}({done['arguments']}): {problem or 'wrong name'}")
    run.inputs.names["$" + options["as"]] = done["call_id"]


def expect_closed(run, wanted) -> None:
    run.inbox.wait(lambda: run.inbox.closed, "close", errors_fail=False, close_fails=False)
    code, reason = run.inbox.closed
    problem = mismatch(wanted, {"code": code, "reason": reason})
    if problem:
        raise CaseFailure(f"{problem} in the close {code} {reason!r}")


def expect_refused_upgrade(run, wanted) -> None:
    """The SDK says why an upgrade failed only in its error log: status line and body."""
    status = f"Handshake status {wanted['status']} "

    def find():
        return next((line for line in run.inbox.sdk_errors if status in line and wanted["body"] in line), None)

    run.inbox.wait(find, f"log line with {status}and {wanted['body']}", close_fails=False)
    if run.inbox.events or run.inbox.opened:
        raise CaseFailure("the refused connection delivered something")


def expect_accessors(run, wanted) -> None:
    """The SDK's get_* methods, which it derives from the server's events."""
    conversation = run.conversation
    # The SDK calls the callback before it stores the id, so the first look may be too early.
    run.inbox.wait(lambda: conversation.get_session_id(), "session id in the SDK", timeout_s=2, close_fails=False)
    if wanted.get("sessionId") and conversation.get_session_id() != run.inputs.names["$session"]:
        raise CaseFailure(f"get_session_id() gave {conversation.get_session_id()}")
    if wanted.get("lastResponseId") and conversation.get_last_response_id() != run.inputs.names["$response"]:
        raise CaseFailure(f"get_last_response_id() gave {conversation.get_last_response_id()}")
    if "lastMessage" in wanted and conversation.get_last_message()["type"] != wanted["lastMessage"]:
        raise CaseFailure(f"get_last_message() gave {conversation.get_last_message()}")
    delays = {
        "firstTextDelay": conversation.get_last_first_text_delay(),
        "firstAudioDelay": conversation.get_last_first_audio_delay(),
    }
    for name, value in delays.items():
        if name in wanted and (value is not None and value >= 0) is not wanted[name]:
            raise CaseFailure(f"{name} is {value}")


EXPECTATIONS = {
    "event": expect_event,
    "order": expect_order,
    "refusal": expect_refusal,
    "answer": expect_answer,
    "vadTurn": expect_vad_turn,
    "toolCall": expect_tool_call,
    "closed": expect_closed,
    "refusedUpgrade": expect_refused_upgrade,
    "accessors": expect_accessors,
}
