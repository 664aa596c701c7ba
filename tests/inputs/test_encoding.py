"""The bytes of a text become the right characters, whichever program wrote them."""

from __future__ import annotations

import contextlib
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdesk.errors import InputError
from mmdesk.inputs import decode_with_notices
from mmdesk.inputs.document import load_document
from mmdesk.inputs.encoding import looks_like_text

POLISH = "Zażółć gęślą jaźń, powiedział młody mężczyzna. Dzień dobry! Gdzie jest najbliższy sklep?"
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy. Vlak do Brna odjíždí v šest hodin ráno."
FRENCH = "Le château était fermé à midi. Les élèves préféraient déjeuner près de la rivière."
CHINESE = "图书馆每天上午九点开门，下午六点关门。孩子们可以免费借书。"
# Language and text, with the encodings that programs of its country wrote.
LEGACY = {
    (POLISH, "cp1250", "iso8859_2", "cp852"),
    (CZECH, "cp1250", "iso8859_2", "cp852"),
    ("Dziś jest piękny dzień.", "cp1250", "iso8859_2"),
    ("Az öreg halász minden reggel kiment a folyóhoz, és hűvös időben is fürdött.", "cp1250"),
    ("Copiii au mers la şcoală şi au învăţat să citească această carte.", "cp1250", "iso8859_2"),
    ("Vsako jutro grem v službo z avtobusom, ki ustavi pred mojo hišo.", "cp1250", "iso8859_2"),
    ("Bugün hava çok güzel, çocuklar bahçede oynuyor. Işığı söndür.", "cp1254", "cp857"),
    ("Šiandien gražus oras, vaikai žaidžia kieme. Ačiū už pagalbą.", "cp1257", "iso8859_13"),
    ("Šodien ir skaista diena, un bērni spēlējas pagalmā. Paldies par palīdzību.", "cp1257"),
    ("Täna on ilus päev ja lapsed mängivad õues. Žürii otsustas, et šokolaad on hea.", "cp1257"),
    ("Καλημέρα, τι κάνετε; Σήμερα ο καιρός είναι πολύ καλός.", "cp1253", "iso8859_7", "cp737"),
    ("שלום, מה שלומך היום? הילדים משחקים בחצר.", "cp1255", "iso8859_8", "cp862"),
    ("مرحبا، كيف حالك اليوم؟ الأطفال يلعبون في الحديقة.", "cp1256", "iso8859_6"),
    ("سلام، حال شما چطور است؟ بچه‌ها در حیاط بازی می‌کنند.".replace("ی", "ي"), "cp1256"),
    ("วันนี้อากาศดีมาก เด็กๆ กำลังเล่นอยู่ในสวน ขอบคุณสำหรับความช่วยเหลือ", "cp874", "tis_620"),
    ("Привет, как дела? Это обычный русский текст.", "cp1251", "koi8_r", "cp866", "iso8859_5"),
    ("Добрый день!", "cp1251", "koi8_r", "cp866"),
    ("Доброго дня! Сьогодні гарна погода, і діти граються у дворі.", "cp1251", "koi8_u"),
    (FRENCH, "cp1252", "latin_1", "cp850", "mac_roman"),
    ("Schöne Grüße aus Köln", "cp1252"),
    ("déjà vu", "cp1252"),
    ("It’s the café’s résumé – naïve, isn’t it?", "cp1252"),
    ("¿Dónde está el niño? Mañana será otro día.", "cp1252"),
    ("Não há informações sobre a situação. As crianças não estão em casa.", "cp1252"),
    ("På måndag åker vi till Göteborg för att hälsa på mormor.", "cp1252"),
    ("Dejavno okno se odpre, ko se povezava konča in določi.", "cp1250"),
}
PAIRS = sorted((encoding, text) for text, *encodings in LEGACY for encoding in encodings)


@pytest.mark.parametrize(("encoding", "text"), PAIRS)
def test_single_byte_encodings_are_told_apart(encoding: str, text: str) -> None:
    assert decode_with_notices(text.encode(encoding), "a.txt") == (text, ())


def test_the_first_accent_may_come_late() -> None:
    text = "Only plain words for a long time.\n" * 4000 + POLISH
    assert decode_with_notices(text.encode("cp1250"), "a.txt") == (text, ())


def test_vietnamese_has_its_tones_apart() -> None:
    text = "Hôm nay trời đẹp, các em nhỏ đang chơi ngoài sân. Cảm ơn bạn đã giúp đỡ tôi."
    data = b""
    for char in text:
        try:
            data += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = next(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            letter = unicodedata.normalize("NFC", parts.replace(tone, ""))
            data += (letter + tone).encode("cp1258")
    assert decode_with_notices(data, "a.txt") == (text, ())


def test_subtitles_in_cp1250_are_polish() -> None:
    subtitles = f"1\n00:00:01,000 --> 00:00:04,000\n{POLISH}\n\n".encode("cp1250")
    assert POLISH in load_document(subtitles, "film.srt").text


# --- damaged UTF-8 --------------------------------------------------------------------------------


def test_a_cut_last_character_leaves_utf8() -> None:
    document = load_document(CHINESE.encode()[:-1], "cut.txt")
    assert document.text == CHINESE[:-1] + "\ufffd"
    assert document.notices == ("One character in cut.txt is damaged.",)


@pytest.mark.parametrize("text", [FRENCH, CHINESE, POLISH, "Привет, как дела? Это текст."])
def test_a_wrong_byte_leaves_utf8(text: str) -> None:
    data = text.encode()
    for place in (text[:1], text[:7], text):
        broken = data.replace(place.encode(), place.encode() + b"\xff", 1)
        read, notices = decode_with_notices(broken, "a.txt")
        assert read == text.replace(place, place + "\ufffd", 1)
        assert notices == ("One character in a.txt is damaged.",)


def test_damaged_characters_are_counted() -> None:
    data = (FRENCH * 3).encode().replace(b" ", b"\xff", 3)
    assert decode_with_notices(data, "a.txt")[1] == ("3 characters in a.txt are damaged.",)


def test_a_wrong_byte_leaves_the_encoding_of_a_long_text() -> None:
    for text, encoding in ((CZECH, "cp1250"), (FRENCH, "cp1252"), (CHINESE, "gb18030")):
        data = (text * 200).encode(encoding) + b"\x81"
        read, notices = decode_with_notices(data, "a.txt")
        assert read == text * 200 + "\ufffd", encoding
        assert len(notices) == 1


def test_one_accent_at_the_end_is_not_half_a_character() -> None:
    assert decode_with_notices("Meet me at the café".encode("cp1252"), "a")[0].endswith("café")


# --- UTF-16 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        CHINESE,
        "会议于星期四上午十点举行，请大家准时参加。",
        "機械学習モデルはローカルで実行できます。",
        "기계 학습 모델은 네트워크 없이 실행할 수 있습니다.",
        "हर सुबह वह बाज़ार जाता है। आज मौसम अच्छा है।",
        POLISH,
        *sorted(text for text, *_ in LEGACY),
    ],
)
def test_utf16_without_a_mark(encoding: str, text: str) -> None:
    assert decode_with_notices(text.encode(encoding), "a.txt") == (text, ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf16_that_is_cut_in_the_middle_of_a_character(encoding: str) -> None:
    text, notices = decode_with_notices(POLISH.encode(encoding)[:-1], "a.txt")
    assert text == POLISH[:-1] + "\ufffd"
    assert len(notices) == 1


def test_a_file_without_an_extension_in_utf16_is_text() -> None:
    assert looks_like_text(CZECH.encode("utf-16-le"))
    assert not looks_like_text(b"abc\0\1\2\3" * 50)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_never_escape(data: bytes) -> None:
    with contextlib.suppress(InputError):
        decode_with_notices(data, "a.txt")
