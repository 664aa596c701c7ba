"""Export as HTML: one file, pictures embedded, no scripts, nothing fetched from the network.

What models and users wrote is escaped by the Markdown parser, which takes no HTML. Pictures that an
answer names are never embedded or fetched: their place has their text. A content security policy in
the file's head forbids scripts and connections a second time.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from mmdesk.text import detect
from mmdesk.ui import theme
from mmdesk.ui.export.content import ExportContent, ExportPicture, ExportSection
from mmdesk.ui.i18n import tr
from mmdesk.ui.markdown.block_stream import parser
from mmdesk.ui.markdown.formula import draw_for_page
from mmdesk.ui.markdown.highlight import MOST_CHARACTERS, field_of, lexer_for

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

SAFE_LINKS = ("http://", "https://", "mailto:")
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_SAMPLE = 4000  # characters that tell the language of a page
_COLOURS = ("surface", "raised", "code", "border", "text", "muted", "accent")
_SYNTAX = ("keyword", "string", "number", "comment", "function", "builtin")
_STYLE = """
body { background: var(--surface); color: var(--text); margin: 0 auto; max-width: 46rem;
  padding: 2rem 1.25rem; font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.3; margin: 0; }
.date, .who, figcaption, .ending { color: var(--muted); font-size: .875rem; }
.who { font-weight: 600; margin: 2rem 0 .5rem; }
.question { background: var(--raised); border-radius: .75rem; padding: .75rem 1rem;
  white-space: pre-wrap; }
figure { margin: 0 0 1rem; } figure img { max-width: 100%; max-height: 32rem; }
pre { background: var(--code); border: 1px solid var(--border); border-radius: .5rem;
  overflow-x: auto; padding: .75rem 1rem; line-height: 1.45; }
code { font-family: ui-monospace, Consolas, monospace; font-size: .92em; }
:not(pre) > code { background: var(--raised); border-radius: .25rem; padding: .1em .3em; }
blockquote { border-left: 3px solid var(--border); color: var(--muted); margin: 0;
  padding-left: 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; }
th, td { border: 1px solid var(--border); padding: .4rem .7rem; text-align: left; }
th { background: var(--raised); } hr { border: 0; border-top: 1px solid var(--border); }
a { color: var(--accent); } .formula.block { display: block; margin: 1rem auto; max-width: 100%; }
@media print { pre { white-space: pre-wrap; } figure, pre, table { break-inside: avoid; } }
"""


class CodeColours(NamedTuple):
    """Marks of coloured code: a class, or a colour in place for other programs."""

    attribute: Callable[[str], str]


BY_CLASS = CodeColours(lambda field: f'class="{field}"')
IN_PLACE = CodeColours(lambda field: f'style="color:{getattr(theme.LIGHT.syntax, field)}"')


def write_html(content: ExportContent) -> bytes:
    """Return the whole file."""
    markdown = html_parser(BY_CLASS)
    body = [f"<h1>{escape(content.title)}</h1>", f'<p class="date">{escape(content.date)}</p>']
    for section in content.sections:
        body += _section(section, markdown)
    written = " ".join(section.text for section in content.sections)
    language = detect(written[:_SAMPLE]).code
    head = (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(content.title)}</title>\n<style>{_variables()}{_STYLE}</style>\n</head>"
    )
    text = "\n".join([head, "<body>", *body, "</body>", "</html>", ""])
    return text.encode("utf-8", "replace")


def _variables() -> str:
    def block(tokens: theme.Tokens) -> str:
        colours = "".join(f"--{name}:{getattr(tokens, name)};" for name in _COLOURS)
        syntax = "".join(f"--{name}:{getattr(tokens.syntax, name)};" for name in _SYNTAX)
        return f":root{{{colours}{syntax}}}"

    classes = "".join(f".{name}{{color:var(--{name})}}" for name in _SYNTAX)
    dark = f"{block(theme.DARK)}.formula{{filter:invert(1)}}"
    return f"{block(theme.LIGHT)}{classes}@media screen and (prefers-color-scheme:dark){{{dark}}}"


def _section(section: ExportSection, markdown: MarkdownIt) -> list[str]:
    parts = [f'<p class="who">{escape(section.heading)}</p>'] if section.heading else []
    parts += [_figure(picture) for picture in section.pictures]
    parts += [f'<p class="date">{escape(line)}</p>' for line in section.files]
    if section.text and section.is_answer:
        parts.append(f"<article>\n{markdown.render(section.text)}</article>")
    elif section.text:
        parts.append(f'<div class="question">{escape(section.text)}</div>')
    if section.ending:
        parts.append(f'<p class="ending">({escape(section.ending)})</p>')
    return parts


def _figure(picture: ExportPicture) -> str:
    caption = f"<figcaption>{escape(picture.caption or picture.name)}</figcaption>"
    if not picture.png:
        missing = tr("(The picture {name} is missing.)").format(name=picture.name)
        return f"<p>{escape(missing)}</p>"
    image = f'<img src="{data_address("image/png", picture.png)}" alt="{escape(picture.name)}">'
    return f"<figure>{image}{caption}</figure>"


def data_address(media_type: str, data: bytes) -> str:
    """Return bytes as an address that holds them."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


# --- Markdown -------------------------------------------------------------------------------------


def html_parser(colours: CodeColours) -> MarkdownIt:
    """Return the parser of the window's Markdown with a renderer of safe HTML."""
    markdown = parser()

    def code(_self: Any, tokens: Sequence[Token], at: int, *_rest: Any) -> str:
        language = tokens[at].info.split()[0].lower() if tokens[at].info.split() else ""
        return f"<pre><code>{coloured(tokens[at].content, language, colours)}</code></pre>\n"

    for kind in ("fence", "code_block"):
        markdown.add_render_rule(kind, code)
    for kind in ("math_inline", "math_single"):
        markdown.add_render_rule(kind, _inline_formula)
    for kind in ("math_inline_double", "math_block"):
        markdown.add_render_rule(kind, _display_formula)
    markdown.add_render_rule("image", _image_text)
    markdown.add_render_rule("link_open", _link)
    return markdown


def coloured(code: str, language: str, colours: CodeColours) -> str:
    """Return escaped code with spans in the colours of the window."""
    lexer = lexer_for(language) if len(code) <= MOST_CHARACTERS else None
    if lexer is None:
        return escape(code)
    pieces = []
    for token_type, value in lexer.get_tokens(code):
        field = field_of(token_type)
        text = escape(value)
        pieces.append(f"<span {colours.attribute(field)}>{text}</span>" if field else text)
    return "".join(pieces)


def _inline_formula(_self: Any, tokens: Sequence[Token], at: int, *_rest: Any) -> str:
    return formula_image(tokens[at].content, display=False)


def _display_formula(_self: Any, tokens: Sequence[Token], at: int, *_rest: Any) -> str:
    return formula_image(tokens[at].content, display=True)


def formula_image(tex: str, *, display: bool) -> str:
    """Return a formula as an embedded SVG picture, its LaTeX where it cannot be drawn."""
    drawn = draw_for_page(tex, display=display)
    if drawn is None:
        return f"<code>{escape(tex.strip())}</code>"
    em = theme.PAPER_PIXELS
    style = f"width:{drawn.width / em:.3f}em;height:{drawn.height / em:.3f}em"
    kind = "formula block" if display else "formula"
    if not display:
        style += f";vertical-align:{-drawn.below / em:.3f}em"
    address = data_address("image/svg+xml", drawn.svg)
    return f'<img class="{kind}" style="{style}" src="{address}" alt="{escape(tex.strip())}">'


def is_safe_link(address: str) -> bool:
    """Return whether an exported file may link to an address."""
    return address.lower().startswith(SAFE_LINKS)


def _image_text(_self: Any, tokens: Sequence[Token], at: int, *_rest: Any) -> str:
    """Render a picture that an answer names as its text: it is neither fetched nor embedded."""
    source = str(tokens[at].attrs.get("src", ""))
    text = escape(f"[{tokens[at].content or source}]")
    return f'<a href="{escape(source)}">{text}</a>' if is_safe_link(source) else text


def _link(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    address = str(tokens[at].attrs.get("href", ""))
    if not is_safe_link(address):
        return "<a>"
    return f'<a href="{escape(address)}" rel="noopener noreferrer">'
