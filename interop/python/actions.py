"""
What a case can make the SDK do: one small function per step of the tables, each a call that a user would write.
It must never look at what the server answered, except for the composite steps that say so.
"""

import base64
import json
import time

from dashscope.audio.qwen_omni import MultiModality

from expectations import expect_answer, expect_event, expect_vad_turn
from inbox import CaseFailure

PACKET_BYTES = 3200
BYTES_PER_MS = 32
MODALITIES = {"text": MultiModality.TEXT, "audio": MultiModality.AUDIO}
UPDATE_NAMES = {
    "voice": "voice",
    "enableTurnDetection": "enable_turn_detection",
    "enableInputAudioTranscription": "enable_input_audio_transcription",
    "turnDetectionType": "turn_detection_type",
    "turnDetectionThreshold": "turn_detection_threshold",
    "turnDetectionSilenceDurationMs": "turn_detection_silence_duration_ms",
    "prefixPaddingMs": "prefix_padding_ms",
    "turnDetectionParam": "turn_detection_param",
}


def modalities(names):
    return [MODALITIES[name] for name in names]


def update_session(run, options) -> None:
    options = options or {}
    arguments = {UPDATE_NAMES[key]: value for key, value in options.items() if key in UPDATE_NAMES}
    unknown = set(options) - set(UPDATE_NAMES) - {"modalities", "extra"}
    if unknown:
        raise KeyError(f"updateSession has no {unknown}")
    wanted = modalities(options.get("modalities", ["text", "audio"]))
    run.conversation.update_session(output_modalities=wanted, **arguments, **options.get("extra", {}))


def manual(run, options) -> None:
    """Composite: switches turn detection off and waits until the server says so."""
    update_session(run, {**(options or {}), "enableTurnDetection": False})
    expect_event(run, {"type": "session.updated", "session": {"turn_detection": "!absent"}})


def append_in_packets(run, pcm: bytes, packet_bytes: int) -> None:
    for start in range(0, len(pcm), packet_bytes):
        packet = pcm[start : start + packet_bytes]
        run.conversation.append_audio(base64.b64encode(packet).decode("ascii"))


def speak(run, options) -> None:
    options = options or {}
    append_in_packets(run, run.inputs.bytes_of("question.pcm"), options.get("packetBytes", PACKET_BYTES))


def silence(run, duration_ms) -> None:
    append_in_packets(run, bytes(duration_ms * BYTES_PER_MS), PACKET_BYTES)


def create_response(run, options) -> None:
    options = options or {}
    wanted = modalities(options["modalities"]) if "modalities" in options else None
    run.conversation.create_response(instructions=options.get("instructions"), output_modalities=wanted)


def send_raw(run, frame) -> None:
    run.conversation.send_raw(frame if isinstance(frame, str) else json.dumps(frame))


def send_too_much(run, text) -> None:
    """
    Sends what the server will not take to its end: it may close while the client still writes, which ends the writing
    as well. What the close says is the next step's business.
    """
    try:
        run.conversation.send_raw(text)
    except ConnectionError:
        pass


def send_binary(run, text) -> None:
    # The SDK has no method for it; the socket it exposes does.
    run.conversation.ws.send_bytes(text.encode("utf-8"))


def close(run, _) -> None:
    """
    Composite: closes, which must not run into the SDK's own three seconds of patience. What on_close then reports
    is up to a race inside the SDK's library; the server's side of the close is checked by the runner.
    """
    started = time.monotonic()
    run.conversation.close()
    if time.monotonic() - started > 2.5:
        raise CaseFailure("the server left the close unanswered")


def clean_turn(run, _) -> None:
    """Composite: a manual spoken turn that must complete."""
    speak(run, None)
    run.conversation.commit()
    create_response(run, None)
    expect_answer(run, {"audio": True})


def clean_vad_turn(run, _) -> None:
    """Composite: a turn that voice activity ends and that must complete."""
    speak(run, None)
    silence(run, 2000)
    expect_vad_turn(run, None)
    expect_answer(run, {"audio": True})


ACTIONS = {
    "updateSession": update_session,
    "manual": manual,
    "speak": speak,
    "silence": silence,
    "appendAudio": lambda run, audio: run.conversation.append_audio(audio),
    "appendVideo": lambda run, image: run.conversation.append_video(image),
    "commit": lambda run, _: run.conversation.commit(),
    "clear": lambda run, _: run.conversation.clear_appended_audio(),
    "createResponse": create_response,
    "cancelResponse": lambda run, _: run.conversation.cancel_response(),
    "createItem": lambda run, item: run.conversation.create_item(item),
    "sendRaw": send_raw,
    "sendTooMuch": send_too_much,
    "sendBinary": send_binary,
    "endSession": lambda run, _: run.conversation.end_session(timeout=10),
    "close": close,
    "cleanTurn": clean_turn,
    "cleanVadTurn": clean_vad_turn,
}
