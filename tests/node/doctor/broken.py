# Prints the cases of broken signatures as JSON: `python broken.py`, and with `--count` the figures alone.
import json
import sys
from collections import Counter
from pathlib import Path

from signing import Signing
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


def misread_vectors():
    """The published signatures that our signature of APIv2 does not reproduce."""
    vectors = json.loads((Path(__file__).parent / "../../vectors/signing.json").read_text())["cases"]
    algorithms = [(vector, name) for vector in vectors for name in ("MD5", "HMAC-SHA256") if name in vector]
    signed = [(vector, name, Signing(vector["params"].items(), vector["key"], name).signature()) for vector, name in algorithms]
    return [vector["name"] for vector, name, signature in signed if signature != vector[name]]


cases = v2_cases() + request_cases() + notice_cases() + payment_cases()
counted = figures(cases)
rare = [code for code, count in counted.items() if count < FEWEST]
wrong = misread_vectors()
if wrong:
    raise SystemExit(f"the published signatures of {wrong} are not reproduced; mend signing.py")
twice = [id for id, count in Counter(case["id"] for case in cases).items() if count > 1]
if rare or twice:
    raise SystemExit(f"too few cases of {rare}, and ids that occur twice: {twice}; add messages or labels")
if "--count" in sys.argv:
    print(json.dumps({"cases": len(cases), "mistakes": len(mistakes(cases)), **dict(sorted(counted.items()))}, indent=1))
else:
    print(json.dumps(cases, ensure_ascii=False))
