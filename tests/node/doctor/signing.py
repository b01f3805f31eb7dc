# The signature of APIv2, step by step: each step can be replaced by a mistake.
import hashlib
import hmac

UNSIGNED = ("sign", "paySign")


class Signing:
    """One signature in the making. `fields` are [name, value] pairs in the order of the message; None is an absent value."""

    def __init__(self, fields, key, algorithm):
        self.fields = [list(pair) for pair in fields]
        self.key = key
        self.algorithm = algorithm
        self.takes_part = lambda name, value: name not in UNSIGNED and value not in (None, "")
        self.write = lambda name, value: "" if value is None else value
        self.arrange = lambda pairs: sorted(pairs, key=lambda pair: pair[0].encode())
        self.tail = lambda key: "&key=" + key
        self.encode = lambda text: text.encode()
        self.spell = str.upper

    def text(self):
        """The text that is hashed."""
        pairs = [pair for pair in self.fields if self.takes_part(*pair)]
        return "&".join(f"{name}={self.write(name, value)}" for name, value in self.arrange(pairs)) + self.tail(self.key)

    def signature(self):
        return self.spell(digest(self.algorithm, self.key, self.encode(self.text())))

    def value(self, name):
        return next((value for known, value in self.fields if known == name), None)

    def set(self, name, value):
        """Replaces a value, or adds a field at the end."""
        for pair in self.fields:
            if pair[0] == name:
                pair[1] = value
                return
        self.fields.append([name, value])

    def leave_out(self, *names):
        self.fields = [pair for pair in self.fields if pair[0] not in names]

    def change_values(self, change):
        """Applies `change(name, value)` to each value that is present."""
        for pair in self.fields:
            if pair[1] is not None:
                pair[1] = change(*pair)


def digest(algorithm, key, message):
    """The digest of bytes, in hexadecimal digits."""
    if algorithm == "MD5":
        return hashlib.md5(message).hexdigest()
    if algorithm == "HMAC-SHA256":
        return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
    return hashlib.new(algorithm, message).hexdigest()


def other(algorithm):
    return "HMAC-SHA256" if algorithm == "MD5" else "MD5"
