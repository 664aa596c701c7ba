"""The program of a part is installed into the part's folder, verified and removed with it."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from mmdesk.errors import ModelUnavailable
from mmdesk.models.manifest import Manifest, Package
from mmdesk.models.model_store import ModelStore
from tests.models.server import Site

NAME = "tiny-program"


def program_wheel(content: bytes = b"VALUE = 7\n") -> bytes:
    """Return a wheel of one module in a folder."""
    info = "tiny_program-1.0.dist-info"
    files = {
        "tiny_program/__init__.py": content,
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tiny-program\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},"
        f"{len(data)}"
        for name, data in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.fixture
def with_program(store: ModelStore, site: Site, tmp_path: Path, monkeypatch) -> ModelStore:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    data = program_wheel()
    (wheels / "tiny_program-1.0-py3-none-any.whl").write_bytes(data)
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    digest = hashlib.sha256(data).hexdigest()
    (part,) = store.manifest.parts
    part = replace(part, package=Package(NAME, "1.0", "GPL-3.0", len(data), (digest,)))
    return ModelStore(store.root, Manifest((part,)))


def test_the_program_is_in_the_parts_folder_and_its_licence_is_told(with_program) -> None:
    (info,) = with_program.infos()
    assert "tiny-program: GPL-3.0" in info.licence
    folder = with_program.install(info.id)
    assert (folder / "package/tiny_program/__init__.py").read_text() == "VALUE = 7\n"
    with_program.verify(info.id)
    with_program.remove(info.id)
    assert not folder.exists()


def test_a_changed_or_added_file_of_the_program_is_named(with_program) -> None:
    (info,) = with_program.infos()
    module = with_program.install(info.id) / "package/tiny_program/__init__.py"
    module.write_text("VALUE = 8\n")
    with pytest.raises(ModelUnavailable, match=r"package/tiny_program/__init__\.py has changed"):
        with_program.verify(info.id)
    module.write_text("VALUE = 7\n")
    (module.parent / "more.py").write_text("")
    with pytest.raises(ModelUnavailable, match=r"package/tiny_program/more\.py was added"):
        with_program.verify(info.id)


def test_a_program_with_another_digest_is_refused(with_program: ModelStore) -> None:
    (part,) = with_program.manifest.parts
    assert part.package is not None
    part = replace(part, package=replace(part.package, sha256=("0" * 64,)))
    with pytest.raises(ModelUnavailable, match="needs the program tiny-program"):
        ModelStore(with_program.root, Manifest((part,))).install(part.id)
    assert not with_program.is_installed(part.id)
