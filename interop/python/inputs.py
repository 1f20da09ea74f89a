"""
Turns the references of the case tables into values: files, long strings, tools, names bound earlier in the case.
It must never invent a value: an unknown reference is an error of the table.
"""

import base64
import os

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    },
    {
        "type": "function",
        "function": {"name": "get_time", "description": "The time of day.", "parameters": {"type": "object", "properties": {}}},
    },
]

# Both audio formats of this SDK have the wire name `pcm16`.
OUTPUT_FORMAT = "pcm16"


class Inputs:
    """Resolves `@…` references against the fixtures folder and `$…` names against what the case bound."""

    def __init__(self, fixtures: str):
        self.fixtures = fixtures
        self.names: dict = {}

    def bytes_of(self, name: str) -> bytes:
        with open(os.path.join(self.fixtures, name), "rb") as file:
            return file.read()

    def resolve(self, value):
        if isinstance(value, dict):
            return {key: self.resolve(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.resolve(inner) for inner in value]
        if not isinstance(value, str):
            return value
        if value.startswith("$"):
            return self.names[value]
        return self._reference(value)

    def _reference(self, text: str):
        if text == "@tools":
            return TOOLS
        if text == "@one-tool":
            return TOOLS[:1]
        if text == "@output-format":
            return OUTPUT_FORMAT
        if text.startswith("@base64:"):
            return base64.b64encode(self.bytes_of(text[len("@base64:"):])).decode("ascii")
        if text.startswith("@repeat:"):
            _, unit, times = text.split(":")
            return unit * int(times)
        if text.startswith("@nested:"):
            depth = int(text.split(":")[1])
            return '{"type":"session.update","session":' + "[" * depth + "]" * depth + "}"
        return text
