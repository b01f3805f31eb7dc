# The cases of notices of APIv3: a body, headers or keys that went wrong before the check.
import base64
import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from v3_ground import (
    APPID,
    MCHID,
    NOW,
    OTHER_PLATFORM_CERTIFICATE,
    OTHER_SERIAL,
    PLATFORM_CERTIFICATE,
    PLATFORM_SERIAL,
    PUBLIC_KEY_ID,
    SUB_MCHID,
    compact,
    public_pem,
    sign,
    verifies,
)

API_V3_KEY = "0123456789abcdef0123456789ABCDEF"
RSA = "WECHATPAY2-SHA256-RSA2048"
PAID = {"mchid": MCHID, "appid": APPID, "out_trade_no": "1217752501", "trade_state": "SUCCESS", "trade_state_desc": "支付成功", "amount": {"total": 100, "currency": "CNY"}}
PARTNER_PAID = {"sp_mchid": MCHID, "sub_mchid": SUB_MCHID, "out_trade_no": "P1", "trade_state": "SUCCESS", "attach": "门店=南山/1"}
REFUNDED = {"mchid": MCHID, "out_trade_no": "1217752501", "out_refund_no": "R1", "refund_status": "SUCCESS", "user_received_account": "招商银行信用卡0403"}


def envelope(event, kind, summary, resource, key=API_V3_KEY):
    """The body of a notice as WeChat writes it."""
    nonce = "fdasflkja484"
    cipher = AESGCM(key.encode()).encrypt(nonce.encode(), compact(resource).encode(), kind.encode())
    sealed = {"original_type": kind, "algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(cipher).decode(), "associated_data": kind, "nonce": nonce}
    head = {"id": "8dc45bdd-2033-595b-9c93-a23635cc7ede", "create_time": "2026-07-26T01:19:58+08:00", "resource_type": "encrypt-resource", "event_type": event}
    return compact({**head, "summary": summary, "resource": sealed})


BODIES = {
    "paid": envelope("TRANSACTION.SUCCESS", "transaction", "支付成功", PAID),
    "partner-paid": envelope("TRANSACTION.SUCCESS", "transaction", "支付成功", PARTNER_PAID),
    "refund": envelope("REFUND.SUCCESS", "refund", "退款成功", REFUNDED),
    "abnormal": envelope("REFUND.ABNORMAL", "refund", "退款异常", {**REFUNDED, "refund_status": "ABNORMAL"}),
}
# The key that signs, the serial in the header, and what the merchant keeps.
BY_PUBLIC_KEY = ("platform_public_key", PUBLIC_KEY_ID, {PUBLIC_KEY_ID: public_pem("platform_public_key")})
BY_CERTIFICATE = ("platform_certificate", PLATFORM_SERIAL, {PLATFORM_SERIAL: PLATFORM_CERTIFICATE})
OTHER_KEYS = {OTHER_SERIAL: OTHER_PLATFORM_CERTIFICATE}
MODES = {"paid": BY_PUBLIC_KEY, "partner-paid": BY_CERTIFICATE, "refund": BY_CERTIFICATE, "abnormal": BY_PUBLIC_KEY}

cases = []


def add(code, label, notice, body=None, serial=None, keys=None, header=None, timestamp=NOW - 2, signature=None, api_v3_key=API_V3_KEY, is_broken=False, **more):
    """Adds a case. `body` is what the merchant's code has; the signature is of the body that WeChat sent.

    `is_broken` says that the signature must not fit. `header` replaces headers, and None removes one.
    """
    signer, own_serial, own_keys = MODES[notice]
    nonce = "T9uzCrZ1nWQvKxPq7eLm3SgYbAh5Rd8f"
    made = signature or sign(f"{timestamp}\n{nonce}\n{BODIES[notice]}\n", signer)
    body = BODIES[notice] if body is None else body
    if verifies(f"{timestamp}\n{nonce}\n{body}\n", made, signer) == is_broken:
        raise SystemExit(f"{code} {label} {notice}: the signature is not as the case says")
    headers = {
        "Content-Type": "application/json",
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": made,
        "Wechatpay-Timestamp": str(timestamp),
        "Wechatpay-Serial": serial or own_serial,
        "Wechatpay-Signature-Type": RSA,
        **(header or {}),
    }
    headers = {name: value for name, value in headers.items() if value is not None}
    # Some servers write names in lower case.
    if len(cases) % 2:
        headers = {name.lower(): value for name, value in headers.items()}
    codes = code if isinstance(code, list) else [code]
    given = {"headers": headers, "body": body, "apiV3Key": api_v3_key, "wechatpayKeys": own_keys if keys is None else keys, "nowMs": NOW * 1000}
    cases.append({"id": f"v3/{codes[0] if codes else 'right'}.{label}/{notice}", "api": "notice", "input": given, "expect": codes, "certain": True, **more})


REFORMS = {
    "python-blanks": lambda parsed: json.dumps(parsed, ensure_ascii=False),
    "python-ascii": json.dumps,
    "ascii-compact": lambda parsed: json.dumps(parsed, separators=(",", ":")),
    "php-slashes": lambda parsed: json.dumps(parsed, separators=(",", ":")).replace("/", "\\/"),
    "pretty-two": lambda parsed: json.dumps(parsed, ensure_ascii=False, indent=2),
    "pretty-four-tabs": lambda parsed: json.dumps(parsed, ensure_ascii=False, indent="\t"),
    "java-blanks": lambda parsed: json.dumps(parsed, ensure_ascii=False, separators=(",", " : "), indent=2),
    "crlf": lambda parsed: json.dumps(parsed, ensure_ascii=False, indent=2).replace("\n", "\r\n"),
}
MOJIBAKE = {
    "latin1": lambda body: body.encode().decode("latin-1"),
    "replaced": lambda body: body.encode().decode("ascii", "replace"),
    "gbk": lambda body: body.encode().decode("gbk", "replace"),
}


def write_bodies():
    notices = list(BODIES)
    for at, (label, write) in enumerate(REFORMS.items()):
        for notice in (notices[at % 4], notices[(at + 1) % 4]):
            add("body-reserialised", label, notice, write(json.loads(BODIES[notice])), is_broken=True)
    for notice in ("paid", "refund"):
        ordered = json.dumps(json.loads(BODIES[notice]), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        add("body-reserialised", "sorted", notice, ordered, is_broken=True, certain=None)
    for notice in notices[:3]:
        add("charset", "latin1", notice, MOJIBAKE["latin1"](BODIES[notice]), is_broken=True)
        # What was replaced is lost, so nothing can be recomputed.
        for label in ("replaced", "gbk"):
            add("charset", label, notice, MOJIBAKE[label](BODIES[notice]), is_broken=True, certain=None)


def write_signatures():
    for notice, rest in (("paid", "zv1S9nN4Rk"), ("refund", "k/2j+Q"), ("partner-paid", "A" * 320)):
        add("probe", f"rest-{len(rest)}", notice, signature=f"WECHATPAY/SIGNTEST/{rest}", is_broken=True)
    for notice in ("paid", "refund", "abnormal"):
        add("signature-type-sm2", "sm2", notice, header={"Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"})
    for ago, notice in ((301, "paid"), (4000, "refund"), (86_400, "abnormal")):
        add("timestamp-old", f"{ago}-seconds", notice, timestamp=NOW - ago)
    for name, notice in (("Nonce", "paid"), ("Signature", "refund"), ("Timestamp", "abnormal"), ("Serial", "partner-paid")):
        add("header-missing", name.lower(), notice, header={f"Wechatpay-{name}": None})
    for notice in ("paid", "refund"):
        add(["unknown"], "changed-body", notice, BODIES[notice].replace("SUCCESS", "CLOSED"), is_broken=True, certain=False)
    noise = base64.b64encode(bytes((at * 59 + 7) % 256 for at in range(256))).decode()
    add(["unknown"], "noise", "paid", signature=noise, is_broken=True, certain=False)
    add(["unknown"], "stranger", "abnormal", signature=sign("another text\n", "stranger"), is_broken=True, certain=False)


def write_keys():
    public, certificate = BY_PUBLIC_KEY[2], BY_CERTIFICATE[2]
    other_id = PUBLIC_KEY_ID[:-4] + "9999"
    for notice, keys in (("refund", OTHER_KEYS), ("partner-paid", {**OTHER_KEYS, **public}), ("refund", {OTHER_SERIAL: OTHER_PLATFORM_CERTIFICATE, PLATFORM_SERIAL[:-1] + "0": OTHER_PLATFORM_CERTIFICATE})):
        add("serial-unknown", f"of-{len(keys)}-{'both' if PUBLIC_KEY_ID in keys else 'certificates'}", notice, keys=keys)
    for notice, keys in (("paid", certificate), ("abnormal", {**certificate, **OTHER_KEYS}), ("paid", {other_id: public_pem("stranger")})):
        add("public-key-missing", f"of-{len(keys)}-{'ids' if other_id in keys else 'certificates'}", notice, keys=keys)
    for notice, keys in (("refund", public), ("partner-paid", public), ("refund", {**public, other_id: public_pem("stranger")})):
        add("platform-certificate-missing", f"of-{len(keys)}", notice, keys=keys)
    for notice, key in (("paid", "192006250b4c09247ec02edce69f6a2d"), ("refund", API_V3_KEY.lower()), ("partner-paid", API_V3_KEY[::-1])):
        add("apiv3-key-wrong", key[:4], notice, api_v3_key=key)
    for notice, key in (("paid", API_V3_KEY + "\n"), ("refund", API_V3_KEY[:-1]), ("abnormal", API_V3_KEY[:16]), ("partner-paid", "密钥" + API_V3_KEY[:30])):
        add("apiv3-key-length", f"{len(key.encode())}-bytes", notice, api_v3_key=key)


def write_right():
    for notice in BODIES:
        add([], "right", notice, right=True)
    add([], "right-without-type", "paid", header={"Wechatpay-Signature-Type": None}, right=True)


def notice_cases():
    for write in (write_bodies, write_signatures, write_keys, write_right):
        write()
    return cases
