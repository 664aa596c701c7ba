"""Languages that the built-in language models were made for.

From and into other languages a translation may read well and be invented.
"""

from __future__ import annotations

from collections.abc import Iterator

from mmdesk.text import Language
from mmdesk.values import Notice

# Those that the makers of Qwen2.5 name. In trials, Czech, Finnish, Hindi, and sentences in Dutch
# and Polish were invented in part.
_QWEN_2_5 = frozenset(
    ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "pt", "ru", "th", "vi", "zh")
)
_LANGUAGES = {"qwen2.5-coder-0.5b": _QWEN_2_5, "qwen2.5-coder-1.5b": _QWEN_2_5}


def weak_language_notices(model: str, *languages: Language) -> Iterator[Notice]:
    """Yield a notice for each language that a model was not made for.

    Args:
        model: its id; nothing is said of a model whose languages are not known.
        languages: of a translation.
    """
    known = _LANGUAGES.get(model)
    if known is None:
        return
    for language in dict.fromkeys(languages):
        if language.name and language.code != "und" and language.base.code not in known:
            yield Notice(
                "The model knows little {language}, so the translation may be wrong. A larger "
                "model may do better.",
                language=language.name,
            )
