# The cases of requests of APIv3: each is signed with one mistake, or names its keys by one.
import base64
import json
from itertools import cycle
from urllib.parse import unquote

from cryptography.hazmat.primitives import hashes
from v3_ground import (
    APPID,
    CERTIFICATE,
    EXPIRED_CERTIFICATE,
    MCHID,
    NONCE,
    NOW,
    OTHER_SERIAL,
    PEMS,
    PLATFORM_CERTIFICATE,
    PLATFORM_SERIAL,
    PUBLIC_KEY_ID,
    SERIAL,
    SUB_MCHID,
    ZERO_CERTIFICATE,
    ZERO_SERIAL,
    compact,
    sign,
    verifies,
)

HOST = "https://api.mch.weixin.qq.com"
ORDERS = "/v3/pay/transactions"


ORDER = {
    "appid": APPID,
    "mchid": MCHID,
    "description": "Image形象店-深圳腾大-QQ公仔",
    "out_trade_no": "1217752501201407033233368018",
    "notify_url": "https://shop.example.com/wxpay/notify",
    "amount": {"total": 100, "currency": "CNY"},
    "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
}
PARTNER_ORDER = {
    "sp_appid": APPID,
    "sp_mchid": MCHID,
    "sub_mchid": SUB_MCHID,
    "description": "茶 & 点心 <小>",
    "out_trade_no": "P20260725-1",
    "notify_url": "https://shop.example.com/wxpay/notify",
    "amount": {"total": 1000000},
    "payer": {"sp_openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
}
REFUND = {"transaction_id": "4200002264202607251234567890", "out_refund_no": "R1", "reason": "缺货/退款", "amount": {"refund": 40, "total": 100, "currency": "CNY"}}

REQUESTS = {
    "order": ("POST", f"{ORDERS}/jsapi", compact(ORDER)),
    "partner-order": ("POST", "/v3/pay/partner/transactions/jsapi", compact(PARTNER_ORDER)),
    "refund": ("POST", "/v3/refund/domestic/refunds", json.dumps(REFUND, ensure_ascii=False)),
    "close": ("POST", f"{ORDERS}/out-trade-no/1217752501201407033233368018/close", compact({"mchid": MCHID})),
    "query": ("GET", f"{ORDERS}/out-trade-no/1217752501201407033233368018?mchid={MCHID}", ""),
    "query-by-id": ("GET", f"{ORDERS}/id/4200002264202607251234567890?mchid={MCHID}", ""),
    "partner-query": ("GET", f"/v3/pay/partner/transactions/out-trade-no/P20260725-1?sp_mchid={MCHID}&sub_mchid={SUB_MCHID}", ""),
    "encoded-query": ("GET", f"{ORDERS}/out-trade-no/ORD%7C2026*07-25_1%40a?mchid={MCHID}", ""),
    "refund-query": ("GET", "/v3/refund/domestic/refunds/R1217752501201407033233368018", ""),
    "encoded-refund-query": ("GET", "/v3/refund/domestic/refunds/R%7C1%2A2", ""),
    "bill": ("GET", "/v3/bill/tradebill?bill_date=2026-07-24&bill_type=ALL&tar_type=GZIP", ""),
    "bill-file": ("GET", "/v3/billdownload/file?token=q3%2BZx8%2Fw%3D%3D&tartype=gzip", ""),
    "certificates": ("GET", "/v3/certificates", ""),
}
WITH_QUERY = ("query", "query-by-id", "partner-query", "bill", "bill-file")
ENCODED = ("encoded-query", "encoded-refund-query", "bill-file")
WITH_BODY = ("order", "partner-order", "refund", "close")
ANY = ("order", "query", "refund-query", "bill", "partner-order", "close")

cases = []
# What the caller has at hand to check with.
at_hand = cycle(({"certificate": CERTIFICATE}, {"certificate": CERTIFICATE, "privateKey": PEMS["merchant"]}, {"privateKey": PEMS["merchant"]}))
absolute = cycle((True, True, False))


def lines(method, target, timestamp, nonce, body, end="\n"):
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n{body}{end}"


def authorization(scheme="WECHATPAY2-SHA256-RSA2048", **members):
    return f"{scheme} " + ",".join(f'{name}="{value}"' for name, value in members.items() if value is not None)


def add(code, label, request, signed=None, key="merchant", signer=None, header=None, written=None, text_differs=True, **more):
    """Adds a case. `signed` replaces parts of the text, `header` members of the header, `written` is the whole header."""
    method, target, body = REQUESTS[request]
    sent = {"method": method, "target": target, "timestamp": str(NOW - 3), "nonce": NONCE, "body": body, **more.pop("sent", {})}
    text = lines(**{**sent, **(signed or {})})
    signature = (signer or sign)(text, key)
    if text_differs and verifies(lines(**sent), signature):
        raise SystemExit(f"{code} {label} {request}: the signature is right")
    members = {"mchid": MCHID, "nonce_str": sent["nonce"], "signature": signature, "timestamp": sent["timestamp"], "serial_no": SERIAL, **(header or {})}
    hand = more.pop("hand", None) or next(at_hand)
    url = (HOST if next(absolute) else "") + sent["target"]
    answer = {"answer": more.pop("answer")} if "answer" in more else {}
    given = {"method": method, "url": url, "body": sent["body"], "authorization": (written or authorization)(**members), **hand, **answer}
    given["nowMs"] = more.pop("now", NOW) * 1000
    codes = code if isinstance(code, list) else [code]
    cases.append({"id": f"v3/{codes[0] if codes else 'right'}.{label}/{request}", "api": "request", "input": given, "expect": codes, "certain": True, **more})


def refusal(method, url, text):
    """An answer 401 with WeChat's own view of the signed text."""
    view = {"method": method, "url": url, "sign_message_length": len(text.encode()), "truncated_sign_message": text[: text.rindex("\n", 0, -1) + 9] + "\n"}
    detail = {"detail": {"issue": "sign not match"}, "field": "signature", "location": "authorization", "sign_information": view}
    body = compact({"code": "SIGN_ERROR", "message": "错误的签名，验签失败", "detail": detail})
    return {"status": 401, "headers": {"Content-Type": "application/json; charset=utf-8", "Request-ID": "08F5B8C2-268443699"}, "body": body}


def write_texts():
    """Mistakes in the text that is signed."""
    for request in WITH_QUERY:
        method, target, body = REQUESTS[request]
        view = {"answer": refusal(method, target, lines(method, target, NOW - 3, NONCE, body))} if request == "query" else {}
        add("query-missing", "path-alone", request, {"target": target.split("?")[0]}, **view)
    for request in ENCODED:
        add("path-decoded", "decoded", request, {"target": unquote(REQUESTS[request][1])})
        add("path-decoded", "sent-decoded", request, {"target": REQUESTS[request][1]}, sent={"target": unquote(REQUESTS[request][1])})
    for request in ("certificates", "order", "query", "bill"):
        add("host-included", "whole-address", request, {"target": HOST + REQUESTS[request][1]})
    for request in WITH_BODY:
        parsed = json.loads(REQUESTS[request][2])
        other = compact(parsed) if ": " in REQUESTS[request][2] else json.dumps(parsed, ensure_ascii=False)
        add("body-changed", "blanks", request, {"body": other})
    add("body-changed", "ascii", "order", {"body": json.dumps(ORDER, separators=(",", ":"))})
    add("body-changed", "pretty", "partner-order", {"body": json.dumps(PARTNER_ORDER, ensure_ascii=False, indent=2)})
    add("body-changed", "empty", "close", {"body": ""})
    method, target, body = REQUESTS["order"]
    longer = lines(method, target, NOW - 3, NONCE, compact({**ORDER, "attach": "x"}))
    add("body-changed", "arrived-longer", "order", answer=refusal(method, target, longer), text_differs=False)
    add(["body-changed", "unknown"], "other-amount", "order", {"body": compact({**ORDER, "amount": {"total": 1}})}, certain=False)
    for request in ANY[:4]:
        add("trailing-newline", "missing", request, {"end": ""})
        add("trailing-newline", "one-too-many", request, {"end": "\n\n"})
    for request in ("order", "query", "refund-query"):
        add("hash-sha1", "sha1", request, signer=lambda text, key: sign(text, key, hashes.SHA1()))
    for salt, request in ((32, "order"), (222, "query"), (32, "refund"), (20, "close")):
        add("padding-pss", f"salt-{salt}", request, signer=lambda text, key: sign(text, key, salt=salt))


def write_pairs():
    pairs = {
        "query-missing trailing-newline": ("query", {"target": REQUESTS["query"][1].split("?")[0], "end": ""}, None),
        "host-included trailing-newline": ("bill", {"target": HOST + REQUESTS["bill"][1], "end": ""}, None),
        "host-included query-missing": ("partner-query", {"target": HOST + REQUESTS["partner-query"][1].split("?")[0]}, None),
        "path-decoded trailing-newline": ("encoded-query", {"target": unquote(REQUESTS["encoded-query"][1]), "end": ""}, None),
        "body-changed trailing-newline": ("order", {"body": json.dumps(ORDER, ensure_ascii=False), "end": ""}, None),
        "hash-sha1 query-missing": ("query-by-id", {"target": REQUESTS["query-by-id"][1].split("?")[0]}, lambda text, key: sign(text, key, hashes.SHA1())),
        "hash-sha1 trailing-newline": ("order", {"end": ""}, lambda text, key: sign(text, key, hashes.SHA1())),
        "padding-pss query-missing": ("bill", {"target": "/v3/bill/tradebill"}, lambda text, key: sign(text, key, salt=32)),
    }
    for codes, (request, signed, signer) in pairs.items():
        add(codes.split(), f"with-{codes.split()[1]}", request, signed, signer=signer, **{"with": codes.split()})


def write_keys():
    """Mistakes in keys, certificates and serials. `may` has codes that the same data proves too."""
    both = {"certificate": CERTIFICATE, "privateKey": PEMS["stranger"]}
    for request in ANY[:3]:
        add("key-not-of-certificate", "both-at-hand", request, key="stranger", hand=both)
    for request in ("refund", "bill"):
        hand = {"certificate": CERTIFICATE}
        add(["key-not-of-certificate", "unknown"], "certificate-alone", request, key="stranger", hand=hand, certain=False)
    platform = {"certificate": PLATFORM_CERTIFICATE}
    for request, hand in (("order", platform), ("query", {**platform, "privateKey": PEMS["merchant"]}), ("bill", platform)):
        add("serial-of-platform-certificate", "certificate-of-platform", request, header={"serial_no": PLATFORM_SERIAL}, hand=hand, text_differs=False, may=["key-not-of-certificate"])
    own, zero = {"certificate": CERTIFICATE}, {"certificate": ZERO_CERTIFICATE, "privateKey": PEMS["merchant"]}
    colons = ":".join(SERIAL[at : at + 2] for at in range(0, 40, 2))
    forms = {"decimal": str(int(SERIAL, 16)), "colons": colons, "lower-case": SERIAL.lower(), "lower-colons": colons.lower()}
    for request, (label, serial) in zip(("order", "query", "refund", "bill"), forms.items()):
        add("serial-format", label, request, header={"serial_no": serial}, hand=own, text_differs=False)
    for request, serial in (("order", ZERO_SERIAL[1:]), ("close", str(int(ZERO_SERIAL, 16))), ("query", ZERO_SERIAL[1:].lower())):
        add("serial-format", f"zero-{len(serial)}", request, header={"serial_no": serial}, hand=zero, text_differs=False)
    for request, serial in (("order", OTHER_SERIAL), ("query", ZERO_SERIAL), ("refund", PLATFORM_SERIAL)):
        add("serial-mismatch", serial[:4], request, header={"serial_no": serial}, hand=own, text_differs=False)
    add(["serial-mismatch", "serial-of-platform-certificate", "serial-format"], "public-key-id", "order", header={"serial_no": PUBLIC_KEY_ID}, hand=own, text_differs=False)
    for request in ANY[:3]:
        add("certificate-expired", "ended-2025", request, hand={"certificate": EXPIRED_CERTIFICATE}, text_differs=False)


def write_header():
    """Mistakes in the Authorization header and its time."""
    for request in ANY[:3]:
        add("timestamp-milliseconds", "in-header", request, sent={"timestamp": f"{NOW}123"}, text_differs=False, may=["timestamp-skew"])
    for request in ("bill", "close"):
        add("timestamp-milliseconds", "in-the-text", request, {"timestamp": f"{NOW - 3}000"})
    for request, ago in (("order", 301), ("query", 8 * 3600), ("bill", -900), ("refund", 86_400)):
        add("timestamp-skew", f"{ago}-seconds", request, sent={"timestamp": str(NOW - ago)}, text_differs=False)
    sub = {"mchid": SUB_MCHID}
    for request in ("partner-order", "partner-query", "order", "query", "close"):
        add("provider-mchid", "mchid-of-the-sub-merchant", request, header=sub, text_differs=False)
    shapes = {
        "single-quotes": lambda **members: authorization(**members).replace('"', "'"),
        "no-quotes": lambda **members: authorization(**members).replace('"', ""),
        "no-scheme": lambda **members: authorization(**members).split(" ", 1)[1],
        "other-scheme": lambda **members: authorization("WECHATPAY2-SHA256-RSA", **members),
        "bearer": lambda **members: authorization("Bearer", **members),
        "header-name": lambda **members: "Authorization: " + authorization(**members),
        "semicolons": lambda **members: authorization(**members).replace('",', '";'),
        "no-nonce": lambda **members: authorization(**{**members, "nonce_str": None}),
        "no-serial": lambda **members: authorization(**{**members, "serial_no": None}),
        "no-signature": lambda **members: authorization(**{**members, "signature": None}),
        "wrapped-base64": lambda **members: authorization(**{**members, "signature": wrapped(members["signature"])}),
        "v2-member-names": lambda **members: authorization(**members).replace("mchid=", "mch_id="),
    }
    for request, (label, written) in zip(cycle(ANY), shapes.items()):
        add("header-format", label, request, written=written, text_differs=False)


def wrapped(signature):
    return "\n".join(signature[at : at + 76] for at in range(0, len(signature), 76))


def write_right():
    for request in ("order", "partner-order", "query", "bill-file", "certificates", "encoded-query"):
        add([], "right", request, text_differs=False, right=True)
    add([], "right-after-299-seconds", "refund", sent={"timestamp": str(NOW - 299)}, text_differs=False, right=True)


def write_unknown():
    """Signatures that prove nothing."""
    doubts = ["unknown", "key-not-of-certificate", "body-changed", "header-format"]
    noise = base64.b64encode(bytes((at * 73 + 41) % 256 for at in range(256))).decode()
    add(doubts, "noise", "order", header={"signature": noise}, text_differs=False, certain=False, hand={"certificate": CERTIFICATE})
    add(doubts, "new-nonce", "query", {"nonce": NONCE[::-1]}, certain=False, hand={"certificate": CERTIFICATE})
    add(doubts, "other-method", "close", {"method": "PUT"}, certain=False)
    add(doubts, "other-order", "refund-query", {"target": "/v3/refund/domestic/refunds/R2"}, certain=False)


def request_cases():
    for write in (write_texts, write_pairs, write_keys, write_header, write_right, write_unknown):
        write()
    return cases
