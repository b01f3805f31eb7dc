# The spellings of one message: an object, XML, JSON, query text, and lines of a console.
import json
import re
from urllib.parse import parse_qsl, quote
from xml.etree import ElementTree

NUMBERS = re.compile(r"(total_fee|refund_fee|cash_fee|coupon_fee|settlement_total_fee|coupon_count|offset|limit|timeStamp|timestamp)$")


def spellings(fields):
    """Each spelling that keeps every value: its form, its kind, and the message. Blanks at ends need quotes of some kind."""
    present = [[name, "" if value is None else value] for name, value in fields]
    texts = [value for _, value in present]
    yield "object", "object", dict(fields)
    if not any("\r" in value for value in texts):
        yield "xml-cdata", "xml", xml(present, lambda value: "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>")
    yield "xml-escaped", "xml", xml(present, escaped)
    yield "json-text", "json", compact(dict(fields))
    yield "json-numbers", "json", json.dumps({name: number(name, value) for name, value in fields}, ensure_ascii=False, indent=2)
    if any(is_compact(value) for value in texts):
        yield "json-nested", "json", json.dumps({name: json.loads(value) if is_compact(value) else value for name, value in fields}, ensure_ascii=False)
    yield "query", "query", "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in present)
    if not any("\n" in value or value != value.strip() for value in texts):
        yield "console-equals", "console", "\n".join(f"{name}={value}" for name, value in present)
        yield "console-colon", "console", "\n".join(f"{name}: {value}" for name, value in present)


def is_compact(value):
    """Whether a value is JSON that `JSON.stringify` writes again as it is."""
    return value.startswith("{") and compact(json.loads(value)) == value


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def xml(fields, write):
    return "<xml>\n" + "".join(f"<{name}>{write(value)}</{name}>\n" for name, value in fields) + "</xml>"


def escaped(value):
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def number(name, value):
    """A number where a backend has one in its JSON."""
    return int(value) if value and NUMBERS.search(name) and str(int(value)) == value else value


def read(form, message):
    """The fields of a spelled message, read by other means than those that wrote it."""
    if form == "object":
        return list(message.items())
    if form.startswith("xml"):
        return [(child.tag, child.text or "") for child in ElementTree.fromstring(message)]
    if form.startswith("json"):
        return [(name, as_text(value)) for name, value in json.loads(message).items()]
    if form == "query":
        return parse_qsl(message, keep_blank_values=True, strict_parsing=True)
    between = "=" if form == "console-equals" else ": "
    return [tuple(line.split(between, 1)) for line in message.split("\n")]


def as_text(value):
    if isinstance(value, dict):
        return compact(value)
    return str(value) if isinstance(value, int) else value
