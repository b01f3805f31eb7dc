# A mistake in a signature of APIv2, and the list that the files of mistakes fill.
from dataclasses import dataclass

MISTAKES = []


@dataclass(frozen=True)
class Mistake:
    """`apply(signing, message, call)` changes the steps. It returns False where the message has nothing to be mistaken in.

    `certain` is None where the page does not say whether the mistake can be proven. `codes` are those that name it.
    """

    codes: tuple
    label: str
    apply: object
    certain: object = True

    @property
    def name(self):
        return f"{self.codes[0]}.{self.label}"


def mistake(*codes, label, certain=True):
    """Adds the decorated function to the list. Two mistakes with the same codes need two labels."""

    def add(apply):
        MISTAKES.append(Mistake(codes, label, apply, certain))
        return apply

    return add


def each_label(code, values, certain=True):
    """Adds one mistake for each label. The decorated function takes the value of the label as its last argument."""

    def add(apply):
        for label, value in values.items():
            MISTAKES.append(Mistake((code,) if isinstance(code, str) else code, label, bound(apply, value), certain))
        return apply

    return add


def bound(apply, value):
    return lambda signing, message, call: apply(signing, message, call, value)
