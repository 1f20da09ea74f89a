"""
Collects one response by its id and checks that its pieces add up: text deltas, audio deltas, the done events.
It must never accept an answer whose parts disagree.
"""

import base64
import json

from inbox import CaseFailure


def check_answer(run, options: dict) -> None:
    """
    The oldest response that no step has checked. Options: `audio` (spoken or written), `text` (the exact words),
    `status` and `reason`, `calls` (number of tool calls instead of words), `audioDeltas`, and `done: false` for
    families that send no response.done after a cancel.
    """
    has_done = options.get("done", True)
    last = "response.done" if has_done else "response.output_item.done"
    events = _collect(run, last)
    response_id = events[0]["response"]["id"]
    run.answered.add(response_id)
    run.inputs.names["$response"] = response_id
    response = events[-1].get("response") if has_done else None
    if response is not None:
        _check_status(response, options)
    if "calls" in options:
        calls = [item for item in response["output"] if item["type"] == "function_call"]
        if len(calls) != options["calls"]:
            raise CaseFailure(f"{len(calls)} tool calls instead of {options['calls']}")
        return
    words = _check_words(events, options["audio"])
    _check_audio(events, options)
    if "text" in options and words != options["text"]:
        raise CaseFailure(f"the answer is {words!r}, not {options['text']!r}")
    if response is not None and options.get("status", "completed") == "completed":
        _check_output(response, words, options["audio"])


def _collect(run, last: str) -> list:
    def find():
        created = next((one for one in run.inbox.events if _is_new(run, one)), None)
        if created is None:
            return None
        response_id = created["response"]["id"]
        events = []
        for index, event in enumerate(run.inbox.events):
            if _response_id(event) == response_id:
                events.append(event)
                if event["type"] == last:
                    run.cursor = max(run.cursor, index + 1)
                    return events
        return None

    return run.inbox.wait(find, f"complete answer up to {last}")


def _is_new(run, event) -> bool:
    return event.get("type") == "response.created" and event["response"]["id"] not in run.answered


def _response_id(event):
    return event.get("response_id") or (event.get("response") or {}).get("id")


def _check_status(response, options) -> None:
    wanted = options.get("status", "completed")
    reason = (response.get("status_details") or {}).get("reason")
    if response["status"] != wanted or reason != options.get("reason"):
        raise CaseFailure(f"the response ended {response['status']} ({reason}), not {wanted} ({options.get('reason')})")


def _check_words(events, audio: bool) -> str:
    kind, other = ("audio_transcript", "text") if audio else ("text", "audio_transcript")
    words = "".join(event["delta"] for event in events if event["type"] == f"response.{kind}.delta")
    done = [event for event in events if event["type"] == f"response.{kind}.done"]
    if len(done) != 1:
        raise CaseFailure(f"{len(done)} response.{kind}.done events")
    if done[0]["transcript" if audio else "text"] != words:
        raise CaseFailure(f"the deltas say {words!r}, the done event {json.dumps(done[0])}")
    if any(event["type"].startswith(f"response.{other}.") for event in events):
        raise CaseFailure(f"response.{other} events in a {'spoken' if audio else 'written'} answer")
    return words


def _check_audio(events, options) -> None:
    deltas = [event["delta"] for event in events if event["type"] == "response.audio.delta"]
    size_bytes = sum(len(base64.b64decode(delta, validate=True)) for delta in deltas)
    dones = sum(1 for event in events if event["type"] == "response.audio.done")
    if options["audio"] and (size_bytes == 0 or size_bytes % 2 or dones != 1):
        raise CaseFailure(f"{size_bytes} bytes of audio in {len(deltas)} deltas and {dones} done events")
    if not options["audio"] and (deltas or dones):
        raise CaseFailure(f"{len(deltas)} audio deltas in a written answer")
    if "audioDeltas" in options and len(deltas) != options["audioDeltas"]:
        raise CaseFailure(f"{len(deltas)} audio deltas instead of {options['audioDeltas']}")


def _check_output(response, words: str, audio: bool) -> None:
    part = response["output"][0]["content"][0]
    if part.get("transcript" if audio else "text") != words:
        raise CaseFailure(f"response.done says {part}, the deltas {words!r}")
    usage = response["usage"]
    if usage["total_tokens"] != usage["input_tokens"] + usage["output_tokens"]:
        raise CaseFailure(f"the usage does not add up: {usage}")
