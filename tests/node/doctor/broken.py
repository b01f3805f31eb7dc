# Prints the cases of broken signatures as JSON: `python broken.py`, and with `--count` the figures alone.
import json
import sys
from collections import Counter

from v2_cases import v2_cases
from v3_notices import notice_cases
from v3_payments import payment_cases
from v3_requests import request_cases

# Each code has as many cases at least. A mistake that changes nothing is dropped, and so a list can run dry.
FEWEST = 3


def mistakes(cases):
    """The cases without their spellings, which end the id in APIv2."""
    return {case["id"].rsplit("/", 1)[0] if "spelling" in case else case["id"]: case for case in cases}.values()


def figures(cases):
    """How many mistakes each code has, in all its spellings."""
    counted = Counter()
    for case in mistakes(cases):
        counted.update({f"{case['api']} {code}" for code in case["expect"] or ["right"]})
    return counted


cases = v2_cases() + request_cases() + notice_cases() + payment_cases()
counted = figures(cases)
rare = [code for code, count in counted.items() if count < FEWEST]
twice = [id for id, count in Counter(case["id"] for case in cases).items() if count > 1]
if rare or twice:
    raise SystemExit(f"too few cases of {rare}, and ids that occur twice: {twice}; add messages or labels")
if "--count" in sys.argv:
    print(json.dumps({"cases": len(cases), "mistakes": len(mistakes(cases)), **dict(sorted(counted.items()))}, indent=1))
else:
    print(json.dumps(cases, ensure_ascii=False))
