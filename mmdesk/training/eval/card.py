"""The measured part of the model card: figures and ten pictures' outputs.

Written from what `mmdesk eval --json` printed, so that every figure can be made again. People's own
captions stand beside them only where that is asked for: they belong to their authors.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.training.data.captions import Collection
from mmdesk.training.eval.cider import CiderD

BEGIN, END = "<!-- measured: written by `mmdesk eval card` -->", "<!-- end of what was measured -->"
SHOWN = 10
REFERENCES = 2  # of each picture


def read_report(path: Path) -> dict[str, Any]:
    """A report that was printed with --json.

    Raises:
        InputError: the file cannot be read or holds something else.
    """
    try:
        report = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"The report {path} cannot be read: {error}") from error
    if not isinstance(report, dict):
        raise InputError(f"{path} is not a report of mmdesk eval --json.")
    return report


def card(
    collection: Collection, reports: dict[str, dict[str, Any]], references: bool = False
) -> str:
    """Markdown of the figures in "captions" and, where they are, "questions" and "blind"."""
    told = reports["captions"]
    if "captions" not in told or "cider_d" not in told:
        raise InputError("The report of captions is not one of mmdesk eval captions --json.")
    parts = [
        "## Captions\n",
        f"{told['pictures']} pictures, as `mmdesk describe --style caption` says them: "
        f"CIDEr-D {told['cider_d']:.3f}, BLEU-4 {told['bleu_4']:.3f}, "
        f"{told['words']:.1f} words each.\n",
    ]
    if "questions" in reports:
        parts += ["## Questions\n", _table(reports["questions"], reports.get("blind"))]
    parts += [
        f"## {SHOWN} pictures\n",
        "Spread evenly over the split, not chosen by hand.\n",
        _examples(collection, told["captions"], references),
    ]
    return "\n".join(parts)


def _table(seen: dict[str, Any], blind: dict[str, Any] | None) -> str:
    kinds = {"all": seen["all"], **seen["kinds"]}
    head = "| kind | questions | right | wrong | not sure |"
    rule = "|---|---|---|---|---|"
    if blind:
        head, rule = f"{head} chat model without the picture |", f"{rule}---|"
    rows = [head, rule]
    for kind, row in kinds.items():
        cells = [kind, row["questions"], _share(row, "right")]
        cells += [_share(row, "wrong"), _share(row, "not_sure")]
        if blind:
            other = blind["all"] if kind == "all" else blind["kinds"].get(kind)
            cells.append(_share(other, "right") if other else "")
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    limits = ", ".join(f"{kind or 'others'} {value}" for kind, value in seen["thresholds"].items())
    note = f"An answer less probable than its kind's threshold is 'not sure': {limits}.\n"
    return "\n".join([note, *rows, ""])


def _share(row: dict[str, Any], name: str) -> str:
    return f"{100 * row[name] / max(row['questions'], 1):.0f} %"


def _examples(collection: Collection, captions: dict[str, str], references: bool) -> str:
    photos = {photo.image: photo for photo in collection.photos}
    names = [name for name in captions if name in photos]
    if not names:
        raise InputError("None of the report's pictures is in the collection.")
    split = photos[names[0]].split
    scorer = CiderD(photo.captions for photo in collection.photos if photo.split == split)
    people, rule = (" people |", "---|") if references else ("", "")
    rows = [f"| picture | the model |{people} CIDEr-D |", f"|---|---|---|{rule}"]
    for name in names[:: max(1, len(names) // SHOWN)][:SHOWN]:
        photo = photos[name]
        theirs = "<br>".join(text.rstrip(" .") for text in photo.captions[:REFERENCES])
        beside = f" {theirs} |" if references else ""
        score = scorer.score(captions[name], photo.captions)
        rows.append(f"| {name} | {captions[name]} |{beside} {score:.2f} |")
    return "\n".join(rows) + "\n"


def put_between_marks(path: Path, text: str) -> None:
    """Replace what stands between the marks of a card; marks are added where there are none.

    Raises:
        InputError: the file cannot be read or written.
    """
    try:
        whole = path.read_text("utf-8") if path.exists() else ""
        if BEGIN not in whole or END not in whole:
            whole = f"{whole.rstrip()}\n\n{BEGIN}\n{END}\n".lstrip()
        before, rest = whole.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", "utf-8")
    except OSError as error:
        raise InputError(f"The card {path} cannot be written: {error.strerror}.") from error
