"""
Compares what a case wants with what the server sent. Objects match when every wanted key does; "*" is any present
value, "!absent" a missing key, "?" leaves the key open. It must never treat a missing key as a match for anything else.
"""

ABSENT = object()


def mismatch(wanted, actual, path: str = ""):
    """None when it matches, else one sentence about the first difference."""
    where = path or "it"
    if wanted == "!absent":
        return None if actual is ABSENT else f"{where} should be absent but is {actual!r}"
    if wanted == "?":
        return None
    if actual is ABSENT:
        return f"{where} is missing"
    if wanted == "*":
        return None
    if isinstance(wanted, dict):
        if not isinstance(actual, dict):
            return f"{where} is {actual!r}, not an object"
        for key, inner in wanted.items():
            problem = mismatch(inner, actual.get(key, ABSENT), f"{path}.{key}" if path else key)
            if problem:
                return problem
        return None
    if isinstance(wanted, list):
        if not isinstance(actual, list) or len(actual) != len(wanted):
            return f"{where} is {actual!r}, not {wanted!r}"
        for index, inner in enumerate(wanted):
            problem = mismatch(inner, actual[index], f"{where}[{index}]")
            if problem:
                return problem
        return None
    if isinstance(wanted, bool) or isinstance(actual, bool) or not isinstance(wanted, (int, float)):
        return None if type(wanted) is type(actual) and wanted == actual else f"{where} is {actual!r}, not {wanted!r}"
    return None if isinstance(actual, (int, float)) and abs(wanted - actual) < 1e-6 else f"{where} is {actual!r}, not {wanted!r}"
