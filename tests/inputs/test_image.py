"""Any common picture becomes upright, opaque RGB of bounded size; anything else is refused."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from mmdesk.errors import InputError
from mmdesk.inputs import load_image
from mmdesk.inputs.image import KEPT_PIXELS, LONG_EDGE, from_pil, to_pil

FIXTURES = Path(__file__).parents[1] / "fixtures"
ORIENTATION = 0x0112
COLOURS = ("red", "lime", "blue")


def halves(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red on the left, blue on the right: shows turns, mirrors and colour mistakes."""
    picture = Image.new("RGB", size, (220, 30, 30))
    picture.paste((30, 30, 220), (size[0] // 2, 0, *size))
    return picture


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return a PNG whose header claims a size that its few bytes do not hold."""
    return png(width, height, 8, b"\0" * 1000)


def png(width: int, height: int, bits: int, samples: bytes, colour_type: int = 2) -> bytes:
    """Return a PNG in colour, as Pillow cannot write it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(samples)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIC", "AVIF"])
def test_formats(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "halves.bin"
    heic = FIXTURES / "pictures" / "halves.heic"
    path.write_bytes(heic.read_bytes() if kind == "HEIC" else encoded(halves(), kind))
    image = load_image(path)
    assert (image.name, image.width, image.height) == ("halves.bin", 64, 48)
    assert len(image.rgb) == 64 * 48 * 3
    red, blue = to_pil(image).getpixel((8, 24)), to_pil(image).getpixel((56, 24))
    assert red[0] > 180 > 90 > red[2]
    assert blue[2] > 180 > 90 > blue[0]


def test_animation_shows_its_first_frame() -> None:
    data = encoded(
        halves(), "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), "green")]
    )
    assert to_pil(load_image(data)).getpixel((8, 8))[0] > 180


def test_exif_turns_the_picture_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # taken with the camera turned by 90°
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        upright = load_image(encoded(halves(), kind, exif=exif))
        assert (upright.width, upright.height) == (48, 64), kind
        assert to_pil(upright).getpixel((24, 8))[0] > 180, kind


def test_unreadable_exif_is_ignored() -> None:
    data = encoded(halves(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert load_image(data).width == 64


def test_transparency_stands_on_white() -> None:
    clear = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    assert to_pil(load_image(encoded(clear, "PNG"))).getpixel((5, 5)) == (255, 255, 255)
    palette = Image.new("P", (10, 10), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    data = encoded(palette, "PNG", transparency=0)
    assert to_pil(load_image(data)).getpixel((5, 5)) == (255, 255, 255)
    half = encoded(Image.new("LA", (10, 10), (0, 128)), "PNG")
    assert to_pil(load_image(half)).getpixel((5, 5))[0] in range(120, 136)


def test_cmyk_and_bilevel() -> None:
    ink = encoded(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG")
    red, green, blue = to_pil(load_image(ink)).getpixel((8, 8))
    assert red > 200
    assert max(green, blue) < 60
    assert (
        to_pil(load_image(encoded(Image.new("1", (9, 9), 1), "PNG"))).getpixel((4, 4)) == (255,) * 3
    )


def test_sixteen_bits_keep_their_shades() -> None:
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16)[None].repeat(4, axis=0)
    grey = load_image(encoded(Image.fromarray(ramp), "PNG"))
    row = np.asarray(to_pil(grey))[0, :, 0]
    assert row[0] == 0
    assert row[-1] == 255
    assert abs(int(row[128]) - 128) <= 1


def test_float_tiff_is_scaled() -> None:
    values = np.linspace(-2, 7, 64, dtype=np.float32)[None].repeat(2, axis=0)
    row = np.asarray(to_pil(load_image(encoded(Image.fromarray(values), "TIFF"))))[0, :, 0]
    assert (int(row[0]), int(row[-1])) == (0, 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_long_edge_is_bounded(kind: str) -> None:
    image = load_image(encoded(halves((5000, 2500)), kind))
    assert (image.width, image.height) == (LONG_EDGE, LONG_EDGE // 2)
    thin = from_pil(Image.new("RGB", (1, 9000)), "thin")
    assert (thin.width, thin.height) == (1, LONG_EDGE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((1080, 14460), (1080, 14460)),  # 90 messages of a chat
        ((3840, 1080), (3840, 1080)),  # two screens side by side
        ((2880, 8640), (1440, 4320)),
    ],
)
def test_long_and_wide_pictures_keep_their_short_edge(
    kind: str, size: tuple[int, int], kept: tuple[int, int]
) -> None:
    image = load_image(encoded(halves(size), kind))
    assert (image.width, image.height) == kept


def test_what_a_very_long_picture_loses_is_told() -> None:
    image = load_image(encoded(Image.new("1", (1200, 60_000)), "PNG"), "long.png")
    assert image.width * image.height <= 1.01 * KEPT_PIXELS
    assert image.notices == (
        "long.png was reduced to 58% of its size, so small text may be missing.",
    )
    assert load_image(encoded(halves((1080, 3000)), "PNG")).notices == ()


def test_pages_of_a_tiff_stand_one_below_another() -> None:
    pages = [Image.new("RGB", (60, 40 + 10 * n), colour) for n, colour in enumerate(COLOURS)]
    image = load_image(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]), "fax")
    assert (image.width, image.height, image.notices) == (60, 150, ())
    found = [to_pil(image).getpixel((30, top + 5)) for top in (0, 40, 90)]
    assert found == [Image.new("RGB", (1, 1), colour).getpixel((0, 0)) for colour in COLOURS]


def test_pages_that_are_not_read_are_told() -> None:
    page = Image.new("1", (1240, 1754), 1)
    data = encoded(page, "TIFF", save_all=True, append_images=[page] * 29, compression="group4")
    image = load_image(data, "fax.tif")
    assert (image.width, image.height) == (1240, 11 * 1754)
    assert image.notices == ("fax.tif has 30 pages. Only pages 1 to 11 were read.",)


def test_a_thumbnail_in_a_tiff_is_no_page() -> None:
    small = halves((16, 12))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    image = load_image(encoded(halves(), "TIFF", save_all=True, append_images=[small]))
    assert (image.width, image.height, image.notices) == (64, 48, ())


def test_a_damaged_later_page_is_told() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (90, 90, 3), dtype=np.uint8)
    data = encoded(halves(), "TIFF", save_all=True, append_images=[Image.fromarray(noise)])
    image = load_image(data[: len(data) // 2], "fax.tif")
    assert (image.width, image.height) == (64, 48)
    assert image.notices == ("Page 2 of fax.tif is damaged. Only the pages before it were read.",)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_frames_that_are_not_read_are_told(kind: str) -> None:
    more = [Image.new("RGB", (64, 48), colour) for colour in COLOURS]
    image = load_image(encoded(halves(), kind, save_all=True, append_images=more), "moving")
    assert image.notices == ("moving has 4 frames. Only the first one was read.",)
    assert load_image(encoded(halves(), kind)).notices == ()


@pytest.mark.parametrize(
    ("strokes", "ground"),
    [
        (("white",), 0),
        (("#ffee66",), 0),
        (("black",), 255),
        (("#2040a0",), 255),
        (("white", "black"), 127),
    ],
)
@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_transparency_stands_on_what_shows_the_strokes(
    strokes: tuple[str, ...], ground: int, mode: str
) -> None:
    clear = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    pen = ImageDraw.Draw(clear)
    for number, colour in enumerate(strokes):
        for x in range(20, 180, 12):
            pen.rectangle((x, 10 + 40 * number, x + 3, 40 + 40 * number), fill=colour)
    data = encoded(clear.quantize(8) if mode == "P" else clear, "PNG")
    assert to_pil(load_image(data)).getpixel((2, 2)) == (ground,) * 3


def test_round_corners_of_a_bright_picture_stay_white() -> None:
    clear = Image.new("RGBA", (200, 100), (255, 255, 255, 0))
    ImageDraw.Draw(clear).rounded_rectangle((0, 0, 199, 99), 12, fill=(240, 240, 240, 255))
    assert to_pil(load_image(encoded(clear, "PNG"))).getpixel((0, 0)) == (255,) * 3


@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_few_bits_in_sixteen_use_the_whole_range(bits: int, kind: str) -> None:
    ramp = np.linspace(0, 2**bits - 1, 256, dtype=np.uint16)[None].repeat(4, axis=0)
    row = np.asarray(to_pil(load_image(encoded(Image.fromarray(ramp), kind))))[0, :, 0]
    assert (int(row[0]), int(row[-1])) == (0, 255)
    assert abs(int(row[128]) - 128) <= 1


def test_a_narrow_range_of_sixteen_bits_is_stretched() -> None:
    grey = np.full((8, 8), 40_900, np.uint16)
    grey[2:5] = 40_000
    rows = np.asarray(to_pil(load_image(encoded(Image.fromarray(grey), "PNG"))))[:, 0, 0]
    assert (int(rows[0]), int(rows[3])) == (255, 0)


@pytest.mark.parametrize("alpha", [False, True])
def test_twelve_bits_of_colour_in_sixteen_are_not_black(alpha: bool) -> None:
    samples = np.full((4, 6, 4 if alpha else 3), 65535, ">u2")
    samples[:, :, :3] = 4095
    samples[:, :3, 1:3] = 0
    raw = b"".join(b"\0" + row.tobytes() for row in samples)
    picture = to_pil(load_image(png(6, 4, 16, raw, 6 if alpha else 2), "colours.png"))
    assert (picture.getpixel((1, 1)), picture.getpixel((4, 1))) == ((255, 0, 0), (255, 255, 255))


def test_digest_is_of_the_pixels() -> None:
    png, bmp = load_image(encoded(halves(), "PNG")), load_image(encoded(halves(), "BMP"), "b")
    assert png.sha256 == bmp.sha256
    wide, tall = (from_pil(Image.new("RGB", size), "x") for size in ((4, 2), (2, 4)))
    assert wide.sha256 != tall.sha256


def test_decompression_bomb_is_refused_from_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL.PngImagePlugin import PngImageFile

    def decoded(self: PngImageFile) -> None:
        raise AssertionError("a pixel was decoded")

    monkeypatch.setattr(PngImageFile, "load", decoded)
    with pytest.raises(InputError, match=r"bomb.png has 60,000 × 60,000 pixels") as caught:
        load_image(bomb(60_000, 60_000), "bomb.png")
    assert caught.value.hint


def test_large_but_allowed_size_is_no_bomb() -> None:
    with pytest.raises(
        InputError, match=r"incomplete|damaged"
    ):  # it is opened, and then found short
        load_image(bomb(10_000, 11_000), "large.png")
    assert Image.MAX_IMAGE_PIXELS is not None  # Pillow's own limit is back in its place


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "WEBP"])
def test_cut_off_files_are_refused(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(InputError, match=r"^half\.x ") as caught:
        load_image(data[: len(data) // 2], "half.x")
    if kind in ("JPEG", "PNG"):
        assert "is incomplete" in caught.value.user_message


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.png"
    path.write_text("Dear all")
    with pytest.raises(InputError, match=r"letter\.png is not a picture") as caught:
        load_image(path)
    assert "PNG" in caught.value.hint


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [
            b"",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0",
            b"GIF89a",
            b"BM",
            b"II*\0",
            b"RIFF\0\0\0\0WEBP",
        ]
    ),
    st.binary(max_size=600),
)
def test_random_bytes_never_escape(prefix: bytes, data: bytes) -> None:
    with contextlib.suppress(InputError):
        load_image(prefix + data, "junk")


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"]), st.data())
def test_flipped_bytes_never_escape(kind: str, data: st.DataObject) -> None:
    damaged = bytearray(encoded(halves((32, 24)), kind))
    for _ in range(4):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        load_image(bytes(damaged), "damaged")
