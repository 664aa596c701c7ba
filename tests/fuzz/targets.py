"""Targets of the fuzzing: for each, damaged input, and a check that it costs at most a sentence.

A check returns how a case ended ("accepted" or "refused") and raises where the program would have
failed.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from hypothesis import strategies as st

from mmdesk.errors import InputError, MMDeskError
from mmdesk.values import AudioInput, DocumentInput, ImageInput, NeverCancelled
from mmdesk.workers import decoded_values, parse_main
from tests.fuzz import samples
from tests.fuzz.mutations import (
    damaged_archives,
    damaged_bytes,
    damaged_json,
    damaged_values,
    with_checksums,
)

MAX_SIDE = 1 << 16
UNFORESEEN = "{name} cannot be read ({kind})."


class Defect(Exception):  # noqa: N818  what the fuzzing looks for
    """Outcome that a user should never meet."""


@dataclass
class Target:
    """Reader with the strategy of its input.

    Attributes:
        name: as on the command line.
        share: of all cases, per thousand.
        cases: makes the strategy; late, since samples take a moment.
        check: reads one case and returns "accepted" or "refused".
        close: called at the end.
        in_child: runs in a child with a decoder's limits, since a decoder in C can take its
            process along.
    """

    name: str
    share: int
    cases: Callable[[], st.SearchStrategy[bytes]]
    check: Callable[[bytes], str]
    close: Callable[[], None] = lambda: None
    in_child: bool = False


# --- decoders of files, in their child --------------------------------------------------------


class DecoderCheck:
    """Decoding of each case, as the child that decodes files does it."""

    def __init__(self, loader: str, name: str) -> None:
        self._loader, self._name = loader, name

    def __call__(self, data: bytes) -> str:
        if not data:
            return "refused"
        value = parse_main._decode((self._loader, self._name, data))
        header, body = decoded_values.pack(value)
        value = decoded_values.read(io.BytesIO(header + body))
        if isinstance(value, MMDeskError):
            if value.user_message.template == UNFORESEEN:
                raise Defect(f"no sentence of its own: {value}")
            str(value).encode()
            return "refused"
        _check_value(value)
        return "accepted"


def _check_value(value: object) -> None:
    if isinstance(value, ImageInput):
        sound = 0 < value.width < MAX_SIDE and len(value.rgb) == 3 * value.width * value.height
    elif isinstance(value, AudioInput):
        sound = len(value.pcm) % 4 == 0 and value.seconds >= 0
    else:
        assert isinstance(value, DocumentInput)
        value.text.encode()
        sound = bool(value.text.strip())
    if not sound:
        raise Defect(f"a value that is none: {type(value).__name__}")
    for notice in value.notices:
        str(notice).encode()


def _decoder(name: str, loader: str, make: Callable[[], st.SearchStrategy[bytes]]) -> Target:
    return Target(name, 20, make, DecoderCheck(loader, f"file.{name}"), in_child=True)


def decoders() -> list[Target]:
    """Return a target for each format that mmdesk opens."""
    targets = [
        _decoder(kind.lower(), "image", lambda kind=kind: _picture_cases(kind))
        for kind in samples.PICTURES
    ]
    targets += [
        _decoder(kind, "audio", lambda kind=kind: damaged_bytes(samples.sounds(kind)))
        for kind in (*samples.SOUNDS, *samples.CONTAINERS)
    ]
    html = [samples.HTML.encode(), samples.HTML.encode("utf-16")]
    return [
        *targets,
        _decoder("txt", "document", lambda: damaged_bytes(samples.texts())),
        _decoder("html", "document", lambda: damaged_bytes(html)),
        _decoder("pdf", "document", lambda: damaged_bytes(samples.pdfs())),
        _decoder("docx", "document", lambda: damaged_archives(samples.word_files())),
        _decoder("odt", "document", lambda: damaged_archives(samples.open_document_files())),
        _decoder("eml", "document", lambda: damaged_bytes(samples.mails())),
    ]


def _picture_cases(kind: str) -> st.SearchStrategy[bytes]:
    cases = damaged_bytes(samples.pictures(kind))
    return cases | cases.map(with_checksums) if kind == "PNG" else cases


# --- what is kept on the disk ---------------------------------------------------------------------


class Folder:
    """Temporary folder, in memory where the system has such a place, for the checks below."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        place = memory if os.access(memory, os.W_OK) else None
        self._folder = tempfile.TemporaryDirectory(dir=place)
        self.path = Path(self._folder.name)

    def close(self) -> None:
        """Remove it."""
        self._folder.cleanup()


def _settings() -> Target:
    from mmdesk.settings import Settings, load, save

    folder = Folder()
    path = folder.path / "settings.json"

    def check(data: bytes) -> str:
        path.write_bytes(data)
        loaded = load(path)
        for value in asdict(loaded).values():
            if isinstance(value, int | float):
                if not -(2**31) < value < 2**31:
                    raise Defect(f"a number that Qt cannot hold: {value}")
            else:
                json.dumps(value, ensure_ascii=False).encode()
        save(loaded, path)
        if load(path) != loaded:
            raise Defect("settings that change when they are saved")
        return "refused" if loaded == Settings() else "accepted"

    return Target("settings", 150, lambda: damaged_json(asdict(Settings())), check, folder.close)


def _import() -> Target:
    from mmdesk.history import Archive, exported
    from tests.history.test_import_checks import good

    folder = Folder()
    store = Archive(folder.path / "history.db")
    store._connection.execute("PRAGMA synchronous = OFF")
    path = folder.path / "import.json"

    def check(data: bytes) -> str:
        path.write_bytes(data)
        try:
            taken = store.import_json(path)
        except InputError as error:
            str(error).encode()
            return "refused"
        for info in store.conversations():
            store.open(info.id)
        json.dumps(exported(store, taken))
        for conversation in taken:
            store.delete(conversation)
        store.purge()
        return "accepted"

    def close() -> None:
        store.close()
        folder.close()

    return Target("import", 100, lambda: damaged_json(good()), check, close)


def _database() -> Target:
    """Rows of a database that hold anything, as earlier versions' imports or damage left them."""
    from mmdesk.history import Archive, exported
    from tests.history.conftest import talk
    from tests.history.test_store import DOG

    folder = Folder()
    path = folder.path / "history.db"
    with closing(Archive(path)) as store:
        talk(store, "a question", "an answer", "more", "end", images=(DOG,))
        talk(store, "another", "talk")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    sample = path.read_bytes()

    def check(data: bytes) -> str:
        for left in folder.path.glob("history.db*"):
            left.unlink()
        path.write_bytes(data)
        try:
            store = Archive(path)
        except MMDeskError as error:
            str(error).encode()
            return "refused"
        with closing(store):
            _use(store)
            return "refused" if store.damaged else "accepted"

    def _use(store: Any) -> None:
        for again in (True, False):
            try:
                store.recover()
                infos = store.conversations()
                json.dumps(exported(store, [info.id for info in infos]))
                store.search("answer")
                talk(store, "life goes on")
                return
            except MMDeskError:
                raise
            except Exception as error:
                if not (again and store.heal(error)):
                    raise

    return Target("database", 20, lambda: damaged_bytes([sample]), check, folder.close)


def _rows() -> Target:
    from mmdesk.history import codec
    from mmdesk.values import ChatSettings, Stats, Task

    sample = {
        "model": "m", "temperature": 0.5, "max_tokens": 7, "kind": "photo", "caption": "a dog",
        "labels": [{"name": "dog (animal)", "probability": 0.5}], "language": "en",
        "segments": [{"start": 0.0, "end": 1.0, "text": "hello"}], "text": "words",
        "notices": ["n"], "error": "e {x}", "hint": "h",
        "templates": {"error": {"template": "e {x}", "values": {"x": 1}}, "notices": [None]},
    }  # fmt: skip

    def check(data: bytes) -> str:
        stored = codec.from_json(data.decode("utf-8", "replace"))
        for kind in (ChatSettings, Stats, Task):
            codec.to_json(codec.encode(codec.decode(kind, stored)))
        codec.encode_description(codec.decode_description(stored))
        codec.encode_transcript(codec.decode_transcript(stored))
        for text in (*codec.decode_texts(stored)[0], *codec.decode_texts(stored)[1:]):
            str(text)
        codec.decode_notices(stored)
        return "accepted" if stored else "refused"

    return Target("rows", 60, lambda: damaged_json(sample), check)


# --- models ---------------------------------------------------------------------------------------


def _model_folder() -> Target:
    from mmdesk.models.own_folders import check_model_folder
    from tests.models.test_tensor_check import CONFIG, entries, safetensors

    folder = Folder()
    model = folder.path / "Tiny"
    model.mkdir()
    files = {
        "config.json": json.dumps(CONFIG).encode(),
        "model.safetensors": safetensors(entries()),
        "tokenizer.json": b"{}",
        "tokenizer_config.json": json.dumps({"chat_template": "{{ messages }}"}).encode(),
    }
    header = json.loads(files["model.safetensors"][8:].split(b"}}")[0] + b"}}")

    def damaged() -> st.SearchStrategy[bytes]:
        headers = damaged_values(header)
        weights = headers.map(lambda value: _with_header(value, files["model.safetensors"]))
        weights |= damaged_bytes([files["model.safetensors"]])
        config = damaged_json(CONFIG)
        tokenizer = damaged_json({"chat_template": "{{ messages }}", "eos_token": "x"})
        marked = [config.map(lambda data: b"c" + data), weights.map(lambda data: b"w" + data)]
        return st.one_of(*marked, tokenizer.map(lambda data: b"t" + data))

    names = {b"c": "config.json", b"w": "model.safetensors", b"t": "tokenizer_config.json"}

    def check(data: bytes) -> str:
        for name, content in files.items():
            (model / name).write_bytes(content)
        (model / names[data[:1]]).write_bytes(data[1:])
        try:
            check_model_folder(model)
        except InputError as error:
            str(error).encode()
            return "refused"
        return "accepted"

    return Target("model-folder", 150, damaged, check, folder.close)


def _with_header(header: Any, weights: bytes) -> bytes:
    table = json.dumps(header).encode()
    length = int.from_bytes(weights[:8], "little")
    return len(table).to_bytes(8, "little") + table + weights[8 + length :]


def _manifest() -> Target:
    from mmdesk.models.manifest import load_manifest
    from mmdesk.settings import resource

    folder = Folder()
    path = folder.path / "models.json"
    whole = json.loads(resource("models.json").read_text(encoding="utf-8"))

    def check(data: bytes) -> str:
        path.write_bytes(data)
        try:
            manifest = load_manifest(path)
        except MMDeskError as error:
            str(error).encode()
            return "refused"
        for part in manifest.parts:
            if part.raw_bytes < 0 or part.download_bytes < 0:
                raise Defect("a negative size")
        return "accepted"

    return Target("manifest", 40, lambda: damaged_json(whole), check, folder.close)


# --- what comes over a wire -----------------------------------------------------------------------


def _decoded_frames() -> Target:
    """Answers of a decoder child that was taken over."""
    dog = ImageInput("dog.png", 2, 1, bytes(6), "0" * 64)
    document = DocumentInput("a.txt", "text", "text/plain", 3)
    error = InputError("{name} is empty.", "Try {count:,.0f}.", name="a", count=3)
    frames = [b"".join(decoded_values.pack(value)) for value in (dog, document, error)]

    def check(data: bytes) -> str:
        try:
            value = decoded_values.read(io.BytesIO(data))
        except (EOFError, ValueError):
            return "refused"
        text = value.user_message if isinstance(value, MMDeskError) else value.name
        if len(str(text)) > 10 * len(data) + 1000:
            raise Defect("a text larger than its bytes")
        return "accepted"

    return Target("decoder-answers", 60, lambda: damaged_bytes(frames), check)


def _download() -> Target:
    """Answers of a server in the middle of a download: status, headers and body."""
    from mmdesk.models.download import download
    from mmdesk.models.fetch_errors import SourceFailed

    folder, size = Folder(), 300
    head = b"206\nContent-Range: bytes 100-299/300\nContent-Length: 200\nETag: x\n\n"
    good = [head + bytes(200), b"200\nContent-Type: a/b\n\n" + bytes(300), b"302\nLocation: /x\n\n"]

    def check(data: bytes) -> str:
        start, _, body = data.partition(b"\n\n")
        status, *lines = start.split(b"\n")
        number = int(status) if status.isdigit() and len(status) < 5 else 200
        headers = [tuple(line.split(b": ", 1)) for line in lines if b": " in line]

        def answer(request: httpx.Request) -> httpx.Response:
            return httpx.Response(number, headers=headers, stream=_Pieces(body))

        target = folder.path / "f"
        target.with_name("f.part").write_bytes(bytes(100))
        transport = httpx.MockTransport(answer)
        try:
            with httpx.Client(transport=transport, follow_redirects=True) as client:
                download(client, "http://hub/f", target, size, lambda here: None, NeverCancelled(),
                         lambda seconds, cancel: None)  # fmt: skip
        except SourceFailed as error:
            str(error).encode()
            part = target.with_name("f.part")
            if part.exists() and part.stat().st_size > size:
                raise Defect("written past the known size") from error
            return "refused"
        if target.stat().st_size != size:
            raise Defect("a file of the wrong size is taken as whole")
        return "accepted"

    return Target("download", 20, lambda: damaged_bytes(good), check, folder.close)


class _Pieces(httpx.SyncByteStream):
    """Body of an answer in small pieces."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Any:
        for start in range(0, len(self._body), 64):
            yield self._body[start : start + 64]


def _answers() -> Target:
    """Text of a model, drawn as it streams."""
    from PySide6.QtGui import QGuiApplication, QTextDocument

    from mmdesk.ui.markdown.block_stream import MarkdownStream
    from mmdesk.ui.markdown.document_builder import DocumentBuilder
    from tests.ui.test_markdown_stream import SAMPLE

    rich = SAMPLE + "\n\n$$\\frac{a}{b}$$ and $x^2$ [a](http://b.c) ![i](x) <b>h</b> `c` &amp; "

    def check(data: bytes) -> str:
        assert QGuiApplication.instance() is not None
        text = data.decode("utf-8", "replace")
        document = QTextDocument()
        stream, builder = MarkdownStream(), DocumentBuilder(document)
        for start in range(0, len(text), 97):
            builder.apply(stream.feed(text[start : start + 97]))
        builder.apply(stream.finish())
        str(document.toPlainText())
        return "accepted"

    return Target("answers", 20, lambda: damaged_bytes([rich.encode()]), check)


def all_targets() -> list[Target]:
    """Return the targets; their shares add up to about a thousand."""
    return [
        _settings(), _import(), _database(), _rows(), _model_folder(), _manifest(),
        _decoded_frames(), _download(), _answers(), *decoders(),
    ]  # fmt: skip
