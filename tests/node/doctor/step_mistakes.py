# Mistakes in the steps around the values: algorithm, key, order, which fields take part, and the digits.
from mistakes import each_label, mistake
from signing import UNSIGNED, other


@mistake("sign-type", label="other-algorithm")
def _(signing, message, call):
    signing.algorithm = other(signing.algorithm)
    call["says_sign_type"] = True
    return message.kind != "payment"


@mistake("sign-type", label="other-algorithm-and-its-word")
def _(signing, message, call):
    if signing.value("sign_type") is None:
        return False
    signing.algorithm = other(signing.algorithm)
    signing.set("sign_type", signing.algorithm)


@mistake("second-sign-type", label="other-algorithm")
def _(signing, message, call):
    signing.algorithm = other(signing.algorithm)
    return message.kind == "payment"


@mistake("second-sign-type", label="other-algorithm-and-its-word")
def _(signing, message, call):
    signing.algorithm = other(signing.algorithm)
    signing.set("signType", signing.algorithm)
    return message.kind == "payment"


@each_label("key-whitespace", {"line-feed": "{}\n", "crlf": "{}\r\n", "blank-after": "{} ", "blank-before": " {}", "both": " {} ", "tab": "{}\t", "two-blanks": "{}  "})
def _(signing, message, call, form):
    signing.key = form.format(signing.key)


@each_label("key-whitespace", {"missing-line-feed": "{}\n", "missing-blank": " {}"})
def _(signing, message, call, form):
    call["key"] = form.format(signing.key)


@each_label("key-case", {"upper": str.upper, "lower": str.lower})
def _(signing, message, call, change):
    signing.key = change(signing.key)


@mistake("key-missing", label="nothing")
def _(signing, message, call):
    signing.tail = lambda key: ""


@mistake("key-missing", "key-format", label="empty-key")
def _(signing, message, call):
    signing.tail = lambda key: "&key="


@each_label("key-format", {"ampersand": "&{}", "no-ampersand": "key={}", "alone": "{}"})
def _(signing, message, call, form):
    signing.tail = form.format


@mistake("key-format", "field-added", label="sorted-into-the-fields", certain=None)
def _(signing, message, call):
    signing.set("key", signing.key)
    signing.tail = lambda key: ""


OTHERS = {"sandbox": "f2a9c1d8e7b6054433221100ffeeddcc", "old key": "AbCdEfGhIjKlMnOpQrStUvWxYz012345", "AppSecret": "c6a5d0f3b2e14978a1b2c3d4e5f60718"}


@each_label("key-candidate", {name.replace(" ", "-"): name for name in OTHERS})
def _(signing, message, call, name):
    signing.key = OTHERS[name]
    call["keys"] = OTHERS
    call["names"] = name


@mistake("empty-signed", label="all")
def _(signing, message, call):
    signing.takes_part = lambda name, value: name not in UNSIGNED


@each_label("null-words", {word: word for word in ("null", "undefined", "None")})
def _(signing, message, call, word):
    if not any(value is None for _, value in signing.fields):
        return False
    signing.takes_part = lambda name, value: name not in UNSIGNED and value != ""
    signing.write = lambda name, value: word if value is None else value


@each_label(("null-words", "field-added"), {"undefined-attach": ("attach", "undefined"), "null-device": ("device_info", "null"), "None-detail": ("detail", "None")}, certain=None)
def _(signing, message, call, field):
    if message.kind != "order" or any(name == field[0] for name, _ in signing.fields):
        return False
    signing.set(*field)


@mistake("sign-signed", label="signed-twice")
def _(signing, message, call):
    older = signing.signature()
    signing.fields.append([message.signature_name, older])
    signing.takes_part = lambda name, value: value not in (None, "")


@each_label("sign-signed", {"older-sign": "9A0A8659F005D6984697E2CA0A9CF3B7", "received-sign": "C380BEC2BFD727A4B6845133519F3AD6"})
def _(signing, message, call, older):
    if message.kind == "payment":
        return False
    signing.fields.append(["sign", older])
    signing.takes_part = lambda name, value: value not in (None, "")
    call["older"] = older


@mistake("unsorted", label="order-of-the-message")
def _(signing, message, call):
    signing.arrange = lambda pairs: pairs


def icu(pair):
    """The order of `localeCompare` for names: signs, then digits, then letters; small before capital where all is equal."""
    name = pair[0]
    return [(0 if sign == "_" else 1 if sign.isdigit() else 2, sign.lower()) for sign in name], name.swapcase()


@each_label("sort-locale", {"without-case": lambda pair: pair[0].lower(), "locale-compare": icu})
def _(signing, message, call, order):
    signing.arrange = lambda pairs: sorted(pairs, key=order)


@mistake("sort-locale", "unsorted", "unknown", label="ignores-underscores", certain=None)
def _(signing, message, call):
    signing.arrange = lambda pairs: sorted(pairs, key=lambda pair: pair[0].replace("_", "").lower())


@mistake("sort-locale", "unsorted", "unknown", label="sorts-pairs-as-text", certain=None)
def _(signing, message, call):
    signing.arrange = lambda pairs: sorted(pairs, key=lambda pair: "=".join(pair).encode())


@mistake("lower-case", label="digits")
def _(signing, message, call):
    signing.spell = str.lower


@each_label("truncated-signature", {"last-lost": slice(0, -1), "first-lost": slice(1, None), "half": slice(0, 16), "thirty-two": slice(0, 32), "both-ends-lost": slice(2, -2)})
def _(signing, message, call, part):
    signing.spell = lambda digits: digits.upper()[part]
    call["says_sign_type"] = True


@each_label("field-left-out", {name: (name,) for name in ("attach", "sign_type", "nonce_str", "notify_url", "openid", "device_info", "Zeta", "out_trade_no", "return_code", "signType", "op_user_id", "sub_mch_id", "partnerid")})
def _(signing, message, call, names):
    signing.leave_out(*names)


@each_label("field-left-out", {"two-of-a-request": ("spbill_create_ip", "notify_url"), "state-of-an-answer": ("return_code", "return_msg"), "two-coupons": ("coupon_id_10", "coupon_id_2")})
def _(signing, message, call, names):
    if not all(signing.value(name) for name in names):
        return False
    signing.leave_out(*names)


@mistake("field-added", label="sign_type")
def _(signing, message, call):
    if message.kind == "payment" or signing.value("sign_type"):
        return False
    signing.set("sign_type", signing.algorithm)


@each_label(("field-added", "unknown"), {"trace": ("trace_id", "8c1f2a77"), "route": ("s", "/wxpay/notify"), "price": ("price", "5288")}, certain=False)
def _(signing, message, call, field):
    signing.set(*field)


@each_label(("field-added", "unknown"), {"currency": ("fee_type", "CNY"), "web": ("device_info", "WEB")}, certain=None)
def _(signing, message, call, field):
    if signing.value(field[0]) is not None:
        return False
    signing.set(*field)


