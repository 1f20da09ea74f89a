"""
Runs scenarios of the library through the official Python SDK, one after the other: `library_run.py --speech PCM`, a job
per line on its input, what came of it per line on its output. A call that does not return ends the process, after the
line that says so. It must never patch the SDK, and never judge what it sees.
"""

import argparse
import json
import logging
import os
import sys
import threading
import time

from library_link import LinkLog
from library_program import Program

# Longer than the five seconds that connect() allows itself.
CALL_LIMIT_S = 10.0
RUN_LIMIT_S = 110.0
POLL_S = 0.05


def run_job(job: dict, speech: bytes, log: LinkLog) -> dict:
    """The facts of one run; `hung` names the call that did not return, `broken` a mistake of this program."""
    program = Program(job, speech, log)
    problems: list = []

    def body() -> None:
        try:
            program.run()
        except Exception as error:  # pylint: disable=broad-except
            problems.append(f"{type(error).__name__}: {error}")

    thread = threading.Thread(target=body, daemon=True)
    started = time.monotonic()
    thread.start()
    hung = None
    while thread.is_alive() and hung is None:
        thread.join(POLL_S)
        call = program.call
        if call is not None and time.monotonic() - call[1] > CALL_LIMIT_S:
            hung = call[0]
        elif time.monotonic() - started > RUN_LIMIT_S:
            problems.append(f"the run took more than {RUN_LIMIT_S:g} s")
            break
    return {"run": job["run"], "hung": hung, "broken": problems, **program.facts()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", required=True, help="16 kHz PCM of the question")
    options = parser.parse_args()
    with open(options.speech, "rb") as file:
        speech = file.read()
    log = LinkLog()
    logging.getLogger("dashscope").addHandler(log)
    for line in sys.stdin:
        log.links = []
        facts = run_job(json.loads(line), speech, log)
        print(json.dumps(facts), flush=True)
        if facts["hung"] is not None or facts["broken"]:
            return


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # A thread of the SDK that hangs must not keep the program alive.
    os._exit(0)
