"""Measured part of the model card: figures, and the captions of ten pictures.

It is written from reports of `mmdesk eval --json`, so that every figure can be reproduced.
Reference captions are included on request only, since they belong to their authors.
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
    """Read a report that was printed with --json.

    Raises:
        InputError: the file cannot be read or is no report.
    """
    try:
        report = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "The report {path} cannot be read: {reason}", path=path, reason=error
        ) from error
    if not isinstance(report, dict):
        raise InputError("{path} is not a report of mmdesk eval --json.", path=path)
    return report


def measured_part(
    collection: Collection, reports: dict[str, dict[str, Any]], references: bool = False
) -> str:
    """Return Markdown of the reports "captions" and, if given, "questions" and "blind"."""
    report = reports["captions"]
    if "captions" not in report or "cider_d" not in report:
        raise InputError("The report of captions is not from mmdesk eval captions --json.")
    parts = [
        "## Captions\n",
        f"{report['pictures']} pictures, captioned as by `mmdesk describe --style caption`: "
        f"CIDEr-D {report['cider_d']:.3f}, BLEU-4 {report['bleu_4']:.3f}, "
        f"{report['words']:.1f} words each.\n",
    ]
    if "questions" in reports:
        parts += ["## Questions\n", _table(reports["questions"], reports.get("blind"))]
    parts += [
        f"## {SHOWN} pictures\n",
        "Spread evenly over the split, not chosen by hand.\n",
        _examples(collection, report["captions"], references),
    ]
    return "\n".join(parts)


def everyday_part(
    collection: Collection, captions: dict[str, Any], asked: dict[str, Any] | None = None
) -> str:
    """Return Markdown of everyday photographs: captions, and questions of a data set.

    Args:
        collection: of the photographs.
        captions: report of `eval captions --json`.
        asked: report of `eval asked`.
    """
    parts = [
        "## Everyday photographs\n",
        f"{captions['pictures']} photographs of COCO: CIDEr-D {captions['cider_d']:.3f}, "
        f"BLEU-4 {captions['bleu_4']:.3f}, {captions['words']:.1f} words each. {SHOWN} of them, "
        "spread evenly, the good and the bad:\n",
        _examples(collection, captions["captions"], references=False),
    ]
    if asked:
        parts += [
            "Questions of VQA v2 about them; an answer counts if it is the most common one of "
            "people's, whether or not it is probable enough to be given:\n",
            _asked_table(asked),
        ]
    return "\n".join(parts)


def _asked_table(report: dict[str, Any]) -> str:
    rows = ["| kind | questions | right | right about another photograph |", "|---|---|---|---|"]
    blind = report["blind"]
    for kind, row in {"all": report["all"], **report["kinds"]}.items():
        other = blind["all"] if kind == "all" else blind["kinds"][kind]
        cells = [kind, row["questions"], _share(row, "right"), _share(other, "right")]
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    limits = ", ".join(f"{kind} {value}" for kind, value in report["thresholds"].items())
    judged = report["judged"]["all"]
    note = (
        f"With the thresholds for 'not sure' ({limits}), chosen on every second photograph, the "
        f"{judged['questions']} questions about the others are answered {_share(judged, 'right')} "
        f"right and {_share(judged, 'wrong')} wrong; {_share(judged, 'not_sure')} are not sure."
    )
    return "\n".join([*rows, "", note, ""])


def _table(report: dict[str, Any], blind: dict[str, Any] | None) -> str:
    kinds = {"all": report["all"], **report["kinds"]}
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
    limits = ", ".join(
        f"{kind or 'others'} {value}" for kind, value in report["thresholds"].items()
    )
    note = f"An answer less probable than its kind's threshold is 'not sure': {limits}.\n"
    return "\n".join([note, *rows, ""])


def _share(row: dict[str, Any], name: str) -> str:
    return f"{100 * row[name] / max(row['questions'], 1):.0f} %"


def _examples(collection: Collection, captions: dict[str, str], references: bool) -> str:
    photos = {photo.image: photo for photo in collection.photos}
    names = [name for name in captions if name in photos]
    if not names:
        raise InputError("The collection has none of the pictures in the report.")
    split = photos[names[0]].split
    scorer = CiderD(photo.captions for photo in collection.photos if photo.split == split)
    people, rule = (" people |", "---|") if references else ("", "")
    rows = [f"| picture | the model |{people} CIDEr-D |", f"|---|---|---|{rule}"]
    for name in names[:: max(1, len(names) // SHOWN)][:SHOWN]:
        photo = photos[name]
        theirs = "<br>".join(text.rstrip(" .") for text in photo.captions[:REFERENCES])
        cell = f" {theirs} |" if references else ""
        score = scorer.score(captions[name], photo.captions)
        rows.append(f"| {name} | {captions[name]} |{cell} {score:.2f} |")
    return "\n".join(rows) + "\n"


def replace_measured_part(path: Path, text: str) -> None:
    """Replace the text between the marks of a card; add the marks if it has none.

    Raises:
        InputError: the file cannot be read or written.
    """
    try:
        card = path.read_text("utf-8") if path.exists() else ""
        if BEGIN not in card or END not in card:
            card = f"{card.rstrip()}\n\n{BEGIN}\n{END}\n".lstrip()
        before, rest = card.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", "utf-8")
    except OSError as error:
        raise InputError(
            "The card {path} cannot be written: {reason}.", path=path, reason=error.strerror
        ) from error
