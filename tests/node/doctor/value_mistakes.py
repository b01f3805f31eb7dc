# Mistakes in the values and names that are signed: blanks, escapes, numbers, JSON, charsets and times.
import html
import json
import re
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from mistakes import each_label, mistake

AMOUNT = re.compile(r"(_fee|_fee_\d+|price)$")


@mistake("trimmed", label="all")
def _(signing, message, call):
    signing.change_values(lambda name, value: value.strip())


UNTRIMMED = {
    "blank-after-body": ("body", "{} "),
    "blank-before-body": ("body", " {}"),
    "line-feed-after-number": ("out_trade_no", "{}\n"),
    "blank-after-openid": ("openid", "{} "),
    "blank-after-id": ("transaction_id", "{} "),
    "blank-before-merchant": ("mch_id", " {}"),
    "blank-after-package": ("package", "{} "),
    "line-feed-after-appid": ("appid", "{}\n"),
}


@each_label("untrimmed", UNTRIMMED)
def _(signing, message, call, change):
    name, form = change
    if not signing.value(name):
        return False
    signing.set(name, form.format(signing.value(name)))


ENCODED = {
    "rawurlencode": lambda value: quote(value, safe=""),
    "urlencode": quote_plus,
    "encodeURIComponent": lambda value: quote(value, safe="-_.!~*'()"),
    "URLEncoder": lambda value: quote(value, safe="*-_. ").replace("~", "%7E").replace(" ", "+"),
    "HttpUtility": lambda value: re.sub("%..", lambda found: found[0].lower(), quote(value, safe="-_.!*() ")).replace(" ", "+"),
    "python-quote": quote,
}


@each_label("url-encoded", ENCODED)
def _(signing, message, call, encode):
    signing.change_values(lambda name, value: encode(value))


@each_label("url-encoded", {"body-alone": "body", "address-alone": "notify_url"})
def _(signing, message, call, name):
    if not signing.value(name):
        return False
    signing.set(name, quote(signing.value(name), safe=""))


ESCAPED = {
    "xml": escape,
    "htmlspecialchars": lambda value: html.escape(value, False).replace('"', "&quot;").replace("'", "&#039;"),
    "htmlspecialchars-compat": lambda value: html.escape(value, False).replace('"', "&quot;"),
    "python-html": html.escape,
    "java-xml": lambda value: escape(value, {'"': "&quot;", "'": "&apos;"}),
    "go-html": lambda value: escape(value, {'"': "&#34;", "'": "&#39;"}),
}


@each_label("html-escaped", ESCAPED)
def _(signing, message, call, change):
    signing.change_values(lambda name, value: change(value))


@each_label("double-escaped", {name: ESCAPED[name] for name in ("xml", "htmlspecialchars", "java-xml")})
def _(signing, message, call, change):
    signing.change_values(lambda name, value: change(change(value)))


@mistake("double-escaped", "html-escaped", label="sent-escaped-twice")
def _(signing, message, call):
    signing.change_values(lambda name, value: html.unescape(value))


def power_of_ten(value):
    return f"1e{len(value) - 1}" if value == "1" + "0" * (len(value) - 1) and len(value) > 2 else None


def java(value):
    digits = value.rstrip("0")
    return f"{digits[0]}.{digits[1:] or 0}E{len(value) - 1}" if len(value) > 7 else None


def go(value):
    digits = value.rstrip("0")
    return digits[0] + (f".{digits[1:]}" if digits[1:] else "") + f"e+{len(value) - 1:02}" if len(value) > 6 else None


NUMBERS = {
    "one-decimal": "{}.0".format,
    "two-decimals": "{}.00".format,
    "six-decimals": "{}.000000".format,
    "exponent": power_of_ten,
    "java-exponent": java,
    "go-exponent": go,
    "leading-zero": "0{}".format,
}


@each_label("number-format", NUMBERS)
def _(signing, message, call, form):
    written = form(signing.value("total_fee") or "0")
    if not signing.value("total_fee") or written is None:
        return False
    signing.set("total_fee", written)


@each_label("number-format", {"all-amounts-as-floats": "{}.0", "all-amounts-with-decimals": "{}.00"})
def _(signing, message, call, form):
    if sum(1 for name, value in signing.fields if AMOUNT.search(name)) < 2:
        return False
    signing.change_values(lambda name, value: form.format(value) if AMOUNT.search(name) else value)


RESPACED = {
    "python-blanks": lambda parsed: json.dumps(parsed, ensure_ascii=False),
    "compact": lambda parsed: json.dumps(parsed, ensure_ascii=False, separators=(",", ":")),
    "pretty-two": lambda parsed: json.dumps(parsed, ensure_ascii=False, indent=2),
    "pretty-four": lambda parsed: json.dumps(parsed, ensure_ascii=False, indent=4),
    "sorted": lambda parsed: json.dumps(parsed, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    "sorted-with-blanks": lambda parsed: json.dumps(parsed, ensure_ascii=False, sort_keys=True),
}
WORDED = {
    "python-ascii": json.dumps,
    "php-slashes": lambda parsed: json.dumps(parsed, separators=(",", ":")).replace("/", "\\/"),
}


def rewrite(signing, form):
    signing.change_values(lambda name, value: form(json.loads(value)) if value.startswith("{") else value)


@each_label("json-respaced", RESPACED)
def _(signing, message, call, form):
    rewrite(signing, form)


@each_label(("json-respaced", "unknown"), WORDED, certain=None)
def _(signing, message, call, form):
    rewrite(signing, form)


def gbk(text):
    """Fails where GBK has no such character."""
    return text.encode("gbk")


CHARSETS = {
    "gbk": gbk,
    "java-latin1": lambda text: text.encode("latin-1", "replace"),
    "node-latin1": lambda text: bytes(ord(sign) & 255 for sign in text),
    "servlet-latin1": lambda text: text.encode().decode("latin-1").encode(),
}


@each_label("charset", CHARSETS)
def _(signing, message, call, encode):
    try:
        encode(signing.text())
    except UnicodeEncodeError:
        return False
    signing.encode = encode


@mistake("newline", label="line-feeds-alone")
def _(signing, message, call):
    signing.change_values(lambda name, value: value.replace("\r\n", "\n"))


@mistake("newline", label="crlf")
def _(signing, message, call):
    signing.change_values(lambda name, value: re.sub("\r?\n", "\r\n", value))


CASES = {
    "appid": {"appId": "appid"},
    "time": {"timeStamp": "timestamp"},
    "nonce": {"nonceStr": "noncestr"},
    "all-lower": {"appId": "appid", "timeStamp": "timestamp", "nonceStr": "noncestr", "signType": "signtype"},
    "three-lower": {"appId": "appid", "timeStamp": "timestamp", "nonceStr": "noncestr"},
    "app-in-camel-case": {"appid": "appId", "timestamp": "timeStamp", "noncestr": "nonceStr"},
    "order-in-camel-case": {"appid": "appId"},
}


@each_label("name-case", CASES)
def _(signing, message, call, names):
    signing.fields = [[names.get(name, name), value] for name, value in signing.fields]


@each_label("prepay-prefix", {"missing": "{}", "doubled": "prepay_id=prepay_id={}"})
def _(signing, message, call, form):
    if message.kind != "payment":
        return False
    signing.set("package", form.format(signing.value("package").removeprefix("prepay_id=")))


@each_label("milliseconds", {"round": "000", "of-the-clock": "417", "of-the-clock-again": "086"})
def _(signing, message, call, digits):
    name = "timestamp" if message.kind == "app" else "timeStamp"
    if len(signing.value(name) or "") != 10:
        return False
    signing.set(name, signing.value(name) + digits)


@mistake("milliseconds", label="seconds")
def _(signing, message, call):
    if len(signing.value("timeStamp") or "") != 13:
        return False
    signing.set("timeStamp", signing.value("timeStamp")[:10])


APPIDS = {"sub-for-own": ("sub_appid", "appid"), "own-for-sub": ("appid", "sub_appid"), "exchanged": ("sub_appid", "sub_appid", "appid")}


@each_label("appid-other", APPIDS)
def _(signing, message, call, names):
    own, sub = signing.value("appid"), signing.value("sub_appid")
    if not own or not sub:
        return False
    if names[-1] == "appid":
        signing.set("appid", sub)
    if names[1] == "sub_appid":
        signing.set("sub_appid", own)
