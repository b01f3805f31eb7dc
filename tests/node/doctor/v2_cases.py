# The cases of APIv2: single mistakes, pairs of mistakes, right signatures, and those that nobody can recompute.
import random
from itertools import cycle

import step_mistakes  # noqa: F401  fills the list
import value_mistakes  # noqa: F401  fills the list
from mistakes import MISTAKES
from signing import UNSIGNED, Signing, digest, other
from spellings import read, spellings
from v2_messages import MESSAGES

SEED = 20_261_201
# How often a mistake is made: each time in another message.
SHAPES = 3
# In how many spellings a mistake is shown.
SPELLINGS = 4

BY_NAME = {mistake.name: mistake for mistake in MISTAKES}

PAIRS = """
sign-type.other-algorithm lower-case.digits|sign-type.other-algorithm key-whitespace.line-feed
sign-type.other-algorithm field-left-out.attach|sign-type.other-algorithm empty-signed.all
sign-type.other-algorithm unsorted.order-of-the-message|sign-type.other-algorithm key-candidate.old-key
sign-type.other-algorithm field-left-out.sign_type|sign-type.other-algorithm charset.gbk
sign-type.other-algorithm url-encoded.urlencode|sign-type.other-algorithm field-added.sign_type
second-sign-type.other-algorithm prepay-prefix.missing|second-sign-type.other-algorithm name-case.appid
second-sign-type.other-algorithm milliseconds.round|second-sign-type.other-algorithm lower-case.digits
name-case.all-lower prepay-prefix.missing|name-case.time milliseconds.round|prepay-prefix.doubled lower-case.digits
key-candidate.sandbox lower-case.digits|key-candidate.AppSecret empty-signed.all|key-candidate.old-key unsorted.order-of-the-message
key-candidate.sandbox json-respaced.python-blanks|key-candidate.old-key html-escaped.xml
key-whitespace.line-feed lower-case.digits|key-whitespace.blank-after unsorted.order-of-the-message|key-whitespace.crlf empty-signed.all
key-missing.nothing lower-case.digits|key-missing.nothing unsorted.order-of-the-message|key-format.ampersand lower-case.digits
key-format.alone unsorted.order-of-the-message|key-case.upper lower-case.digits
empty-signed.all unsorted.order-of-the-message|empty-signed.all lower-case.digits|null-words.undefined lower-case.digits
null-words.null unsorted.order-of-the-message|unsorted.order-of-the-message lower-case.digits|sort-locale.without-case lower-case.digits
trimmed.all lower-case.digits|url-encoded.encodeURIComponent lower-case.digits|url-encoded.rawurlencode unsorted.order-of-the-message
html-escaped.htmlspecialchars lower-case.digits|html-escaped.xml empty-signed.all|number-format.one-decimal lower-case.digits
number-format.two-decimals sign-type.other-algorithm|charset.gbk lower-case.digits|charset.servlet-latin1 key-whitespace.line-feed
field-left-out.attach lower-case.digits|appid-other.sub-for-own lower-case.digits|newline.line-feeds-alone lower-case.digits
json-respaced.compact lower-case.digits|milliseconds.seconds lower-case.digits|field-left-out.openid unsorted.order-of-the-message
"""


def due(message):
    return Signing(message.due, message.key, message.algorithm)


def made(message, *mistakes):
    """The signature with mistakes, and the call that asks for the cause; None where one does not apply."""
    signing, call = due(message), {"key": message.key}
    for mistake in mistakes:
        if mistake.apply(signing, message, call) is False:
            return None
    return signing.signature(), call


def matches(message):
    """Which codes each wrong signature of a message may have. Codes that are proven win over guesses."""
    found = {}
    for proven in (True, False):
        earlier = set(found)
        for mistake in MISTAKES:
            result = made(message, mistake) if (mistake.certain is True) == proven else None
            if result and result[0] not in earlier and not is_right(message, result) and result[1]["key"] == message.key:
                found.setdefault(result[0], set()).update(mistake.codes)
    return found


class Writer:
    """Writes cases. The places of signatures and the spellings take turns."""

    def __init__(self):
        self.cases = []
        self.inside = cycle((True, False, True))
        self.shift = 0

    def add(self, id, message, signature, call, count, **expected):
        """Adds a case in `count` spellings."""
        fields = [pair for pair in message.sent if pair[0] not in UNSIGNED]
        inside = next(self.inside) and "older" not in call
        if inside or "older" in call:
            fields = fields + [[message.signature_name, call.get("older", signature)]]
        options = {"key": call["key"]}
        if not inside:
            options["signature"] = signature
        if "keys" in call:
            options["keys"] = call["keys"]
        # Nobody knows the algorithm of an answer or of an App payment by its fields.
        if message.sign_type or (call.get("says_sign_type") and message.kind in ("answer", "app")):
            options["signType"] = message.sign_type or message.algorithm
        forms = list(spellings(fields))
        self.shift += 1
        names = {"names": call["names"]} if "names" in call else {}
        for at in range(min(count, len(forms))):
            form, kind, text = forms[(self.shift + at * 7) % len(forms)]
            if [(name, value or "") for name, value in read(form, text)] != [(name, value or "") for name, value in fields]:
                raise ValueError(f"{id} {form}: the spelling changes the message")
            self.cases.append({"id": f"v2/{id}/{form}", "api": "signature", "spelling": kind, "message": text, **options, **names, **expected})


def write_singles(writer, known):
    """Each mistake in some messages. A signature that several mistakes make is written once, with the codes of all."""
    seen = set()
    for start, mistake in enumerate(MISTAKES):
        shapes = 0
        for step in range(len(MESSAGES)):
            message = MESSAGES[(start * 7 + step) % len(MESSAGES)]
            result = made(message, mistake)
            if shapes == SHAPES or result is None or is_right(message, result):
                continue
            if (message.name, repr(result)) in seen:
                continue
            seen.add((message.name, repr(result)))
            shapes += 1
            codes = known[message.name].get(result[0], set(mistake.codes))
            certain = mistake.certain if codes == set(mistake.codes) else None
            writer.add(f"{mistake.name}/{message.name}", message, *result, SPELLINGS, expect=sorted(codes), certain=certain)


def write_pairs(writer, known):
    """Two mistakes at once. A pair that looks like one mistake, or like another pair, is dropped."""
    seen = set()
    for start, pair in enumerate(PAIRS.replace("\n", "|").strip("|").split("|")):
        mistakes = [BY_NAME[name] for name in pair.split()]
        codes = [mistake.codes[0] for mistake in mistakes]
        shapes = 0
        for step in range(len(MESSAGES)):
            message = MESSAGES[(start * 5 + step) % len(MESSAGES)]
            alone = [made(message, mistake) for mistake in mistakes]
            result = made(message, *mistakes)
            if shapes == 2 or result is None or None in alone or result[0] in seen or is_right(message, result):
                continue
            if result[0] in known[message.name] or any(is_right(message, single) for single in alone):
                continue
            seen.add(result[0])
            shapes += 1
            writer.add(f"{'+'.join(pair.split())}/{message.name}", message, *result, 2, **{"expect": codes, "with": codes, "certain": True})


def is_right(message, result):
    """A signature that is right for the key of the call is no mistake."""
    signature, call = result
    return signature == Signing(message.due, call["key"], message.algorithm).signature()


def write_right(writer):
    for message in MESSAGES:
        writer.add(f"right/{message.name}", message, due(message).signature(), {"key": message.key}, 2, expect=[], certain=True, right=True)


def changed(name, value):
    def change(message, signing, dice):
        if not signing.value(name):
            return None
        signing.set(name, value(signing.value(name)))
        return signing.signature()

    return change


def damaged(message, signing, dice):
    digits = list(signing.signature())
    for at in dice.sample(range(len(digits)), 2):
        digits[at] = dice.choice([digit for digit in "0123456789ABCDEF" if digit != digits[at]])
    return "".join(digits)


UNKNOWN = {
    "random-digits": lambda message, signing, dice: dice.randbytes(16 if message.algorithm == "MD5" else 32).hex().upper(),
    "another-merchant": lambda message, signing, dice: with_key(signing, dice.randbytes(16).hex()),
    "damaged-digits": damaged,
    "new-nonce": lambda message, signing, dice: changed(nonce_name(message), lambda value: dice.randbytes(16).hex())(message, signing, dice),
    "new-amount": changed("total_fee", lambda value: str(int(value) + 3117)),
    "new-body": changed("body", lambda value: value + "（会员价）"),
    "other-text": lambda message, signing, dice: digest(message.algorithm, message.key, b"paysign").upper(),
    "other-algorithm-and-key": lambda message, signing, dice: digest(other(message.algorithm), "", dice.randbytes(40)).upper(),
}


def with_key(signing, key):
    signing.key = key
    return signing.signature()


def nonce_name(message):
    return next(name for name, _ in message.due if name in ("nonce_str", "nonceStr", "noncestr"))


def write_unknown(writer, known):
    dice = random.Random(SEED)
    for start, (label, make) in enumerate(UNKNOWN.items()):
        shapes = 0
        for step in range(len(MESSAGES)):
            message = MESSAGES[(start * 4 + step * 7) % len(MESSAGES)]
            signature = make(message, due(message), dice)
            if shapes < 5 and signature and signature not in known[message.name]:
                shapes += 1
                call = {"key": message.key, "says_sign_type": True}
                writer.add(f"unknown.{label}/{message.name}", message, signature, call, 2, expect=["unknown"], certain=False)


def v2_cases():
    writer = Writer()
    known = {message.name: matches(message) for message in MESSAGES}
    write_singles(writer, known)
    write_pairs(writer, known)
    write_right(writer)
    write_unknown(writer, known)
    return writer.cases
