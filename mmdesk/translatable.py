"""English sentences that remember their template and values, so that the window can translate them.

The packages below the window know no languages. They write a template with named values, and every
reader without a translation (a terminal, a log, a test) sees an ordinary English string.
"""

from __future__ import annotations


class TranslatableText(str):
    """Filled English template that can be translated later.

    An ordinary string for everybody who does not translate. `packaging/translate.py` collects the
    templates from the calls of this class and of the types listed there.

    Attributes:
        template: English text with `{name}` in the places of values.
        values: what stands in those places; a value may be a TranslatableText itself.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> TranslatableText:
        """Fill `template`; a TranslatableText without new values is returned as it is."""
        if isinstance(template, TranslatableText) and not values:
            return template
        text = super().__new__(cls, template.format(**values) if values else template)
        text.template = str(template)
        text.values = values
        return text

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as template and values."""
        return _restore, (self.template, self.values)


def _restore(template: str, values: dict[str, object]) -> TranslatableText:
    return TranslatableText(template, **values)
