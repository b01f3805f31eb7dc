# The cases of requestPayment of APIv3: each is signed with one mistake.
from itertools import cycle

from signing import Signing
from v3_ground import APPID, CERTIFICATE, NOW, OTHER_CERTIFICATE, PEMS, SUB_APPID, sign, verifies

PREPAY_ID = "wx26201410272009395522657a690389285100"
KEY_V2 = "192006250b4c09247ec02edce69f6a2d"
NONCES = {"first": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "second": "e61463f8efa94090b1f366cccfbbb444", "third": "Ab1"}

cases = []
at_hand = cycle(({"certificate": CERTIFICATE}, {"privateKey": PEMS["merchant"]}, {"certificate": CERTIFICATE, "privateKey": PEMS["merchant"]}))


def lines(appId, timeStamp, nonceStr, package, end="\n"):
    return f"{appId}\n{timeStamp}\n{nonceStr}\n{package}{end}"


def add(code, label, shape, signed=None, key="merchant", sent=None, pay_sign=None, is_broken=True, hand=None, more_input=None, **more):
    """Adds a case. `signed` replaces parts of the text, `sent` members of the payment; the payment of a bridge has its appId."""
    payment = {"timeStamp": str(NOW - 3), "nonceStr": NONCES[shape], "package": f"prepay_id={PREPAY_ID}", "signType": "RSA", **(sent or {})}
    parts = {name: payment[name] for name in ("timeStamp", "nonceStr", "package")}
    pay_sign = pay_sign or sign(lines(**{"appId": APPID, **parts, **(signed or {})}), key)
    if verifies(lines(APPID, **parts), pay_sign) == is_broken:
        raise SystemExit(f"{code} {label}: the signature is not as the case says")
    payment = {**({"appId": APPID} if shape == "second" else {}), **payment, "paySign": pay_sign}
    codes = code if isinstance(code, list) else [code]
    given = {"payment": payment, "appId": APPID, **(hand or next(at_hand)), **(more_input or {})}
    cases.append({"id": f"v3/{codes[0] if codes else 'right'}.{label}/payment-{shape}", "api": "payment", "input": given, "expect": codes, "certain": True, **more})


def write_texts():
    doubled = f"prepay_id=prepay_id={PREPAY_ID}"
    for shape in NONCES:
        add("package-prefix", "signed-without", shape, {"package": PREPAY_ID})
        add("package-prefix", "signed-doubled", shape, {"package": doubled})
        add("trailing-newline", "missing", shape, {"end": ""})
        add("trailing-newline", "one-too-many", shape, {"end": "\n\n"})
        add("timestamp-milliseconds", "signed", shape, {"timeStamp": f"{NOW - 3}000"})
    add("package-prefix", "sent-without", "first", {"package": f"prepay_id={PREPAY_ID}"}, sent={"package": PREPAY_ID})
    add("package-prefix", "without-in-both", "third", sent={"package": PREPAY_ID}, is_broken=False, certain=None)
    add("package-prefix", "doubled-in-both", "second", sent={"package": doubled}, is_broken=False, certain=None)
    for shape in ("first", "second"):
        add("timestamp-milliseconds", "in-both", shape, sent={"timeStamp": f"{NOW}123"}, is_broken=False, certain=None)
    add("timestamp-milliseconds", "signed-in-seconds", "third", {"timeStamp": str(NOW)}, sent={"timeStamp": f"{NOW}123"})
    for codes, signed in {
        "package-prefix trailing-newline": {"package": PREPAY_ID, "end": ""},
        "timestamp-milliseconds trailing-newline": {"timeStamp": f"{NOW - 3}000", "end": ""},
        "package-prefix timestamp-milliseconds": {"package": PREPAY_ID, "timeStamp": f"{NOW - 3}000"},
    }.items():
        add(codes.split(), f"with-{codes.split()[1]}", "first", signed, **{"with": codes.split()})


def write_appids():
    """Only an appid that is at hand can be recomputed."""
    for shape in NONCES:
        add("appid-other", "of-the-payment", shape, {"appId": SUB_APPID}, sent={"appId": SUB_APPID})
    for shape in ("first", "third"):
        add(["appid-other", "unknown"], "not-at-hand", shape, {"appId": SUB_APPID}, certain=False)


def write_v2():
    """The second signature of APIv2, with the word that v3 wants or with its own."""
    for shape, algorithm, word in (("first", "MD5", "MD5"), ("second", "MD5", "RSA"), ("third", "HMAC-SHA256", "HMAC-SHA256"), ("first", "HMAC-SHA256", "RSA")):
        members = {"appId": APPID, "timeStamp": str(NOW - 3), "nonceStr": NONCES[shape], "package": f"prepay_id={PREPAY_ID}", "signType": word}
        pay_sign = Signing(list(members.items()), KEY_V2, algorithm).signature()
        label = f"{algorithm}-as-{word}".lower()
        add("md5-for-rsa", label, shape, sent={"signType": word}, pay_sign=pay_sign, more_input={"keyV2": KEY_V2})
        if algorithm == "MD5":
            add("md5-for-rsa", f"{label}-without-its-key", shape, sent={"signType": word}, pay_sign=pay_sign, certain=None)


def write_keys():
    for shape in NONCES:
        add("key-not-of-certificate", "stranger", shape, key="stranger", hand={"certificate": CERTIFICATE, "privateKey": PEMS["stranger"]})
    add("key-not-of-certificate", "other-certificate", "first", is_broken=False, hand={"certificate": OTHER_CERTIFICATE, "privateKey": PEMS["merchant"]})
    add(["key-not-of-certificate", "unknown"], "certificate-alone", "second", key="stranger", hand={"certificate": CERTIFICATE}, certain=False)
    add(["unknown", "key-not-of-certificate"], "new-nonce", "third", {"nonceStr": "Ab2"}, certain=False)


def write_right():
    for shape in NONCES:
        add([], "right", shape, is_broken=False, right=True)


def payment_cases():
    for write in (write_texts, write_appids, write_v2, write_keys, write_right):
        write()
    return cases
