"""
Runs the interop cases through the official Python SDK: `suite.py --servers JSON --sdk NAME …`.
Prints one JSON line per case and exits 1 when one failed. It must never patch the SDK or retry a case.
"""

import argparse
import glob
import json
import logging
import os
import sys
import threading
import time

from case_run import CaseRun
from inbox import CaseFailure, SdkErrorLog
from inputs import Inputs

CASE_WATCHDOG_S = 40.0


def load_cases(folder: str) -> list:
    cases = []
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path, encoding="utf-8") as file:
            cases.extend(json.load(file))
    return [case for case in cases if "python" in case.get("sdks", ["python"])]


def run_case(case: dict, options, log: SdkErrorLog) -> dict:
    started = time.monotonic()
    server = json.loads(options.servers)[case.get("server", "default")]
    run = CaseRun(case, server, options.sdk, Inputs(options.fixtures))
    log.inbox = run.inbox
    outcome = {"status": "failed", "detail": f"the watchdog ended the case after {CASE_WATCHDOG_S:g} s"}

    def body() -> None:
        try:
            run.run()
            outcome.update(status="passed", detail="")
        except CaseFailure as failure:
            outcome["detail"] = str(failure)
        except Exception as error:  # pylint: disable=broad-except
            outcome["detail"] = f"{type(error).__name__}: {error}"

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    thread.join(CASE_WATCHDOG_S)
    verdict = dict(outcome)
    closing = threading.Thread(target=run.close, daemon=True)
    closing.start()
    closing.join(5)
    return {"case": case["case"], **verdict, "ms": round((time.monotonic() - started) * 1000)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", required=True, help='JSON object: name of a server -> ws://host:port without a path')
    parser.add_argument("--sdk", required=True, help="short name of the SDK for connection names, [a-z0-9-]+")
    parser.add_argument("--fixtures", required=True, help="folder with question.pcm and the images")
    parser.add_argument("--cases", required=True, help="folder with the case tables")
    parser.add_argument("--only", help="run only cases whose name contains this")
    options = parser.parse_args()
    log = SdkErrorLog()
    logging.getLogger("dashscope").addHandler(log)
    failures = 0
    for case in load_cases(options.cases):
        if options.only and options.only not in case["case"]:
            continue
        verdict = run_case(case, options, log)
        failures += verdict["status"] != "passed"
        print(json.dumps(verdict), flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    STATUS = main()
    sys.stdout.flush()
    # A thread of the SDK that hangs must not keep the program alive.
    os._exit(STATUS)
