"""Ready prompts: how they take a text, and what is read of a settings file."""

from __future__ import annotations

from pathlib import Path

from mmdesk.ready_prompts import MOST, SHIPPED, ReadyPrompt, read_prompts
from mmdesk.settings import Settings, load, save


def test_the_text_takes_its_place() -> None:
    assert ReadyPrompt("x", "Say {text} aloud.").fill(" hello ") == "Say hello aloud."


def test_a_text_that_looks_like_a_place_stays_as_it_is() -> None:
    assert ReadyPrompt("x", "Explain: {text}").fill("a {text} b") == "Explain: a {text} b"


def test_without_a_place_the_text_follows() -> None:
    assert ReadyPrompt("x", "Explain this.").fill("quarks") == "Explain this.\n\nquarks"


def test_prompts_come_back_from_the_settings_file(tmp_path: Path) -> None:
    mine = (ReadyPrompt("Rhyme", "Make it rhyme:\n\n{text}", "Ctrl+Alt+R"), SHIPPED[0])
    save(Settings(prompts=mine), tmp_path / "settings.json")
    assert load(tmp_path / "settings.json").prompts == mine


def test_no_prompts_at_all_are_what_the_user_wants(tmp_path: Path) -> None:
    save(Settings(prompts=()), tmp_path / "settings.json")
    assert load(tmp_path / "settings.json").prompts == ()


def test_what_is_no_prompt_is_left_out() -> None:
    good = {"name": "a", "text": "b", "key": ""}
    bad = [{"name": "", "text": "b"}, {"name": "a", "text": "x" * 5000}, {"name": 3}, "b", None]
    assert read_prompts([*bad, good]) == (ReadyPrompt("a", "b"),)
    assert read_prompts("abc") is None
    assert read_prompts({"name": "a"}) is None
    assert len(read_prompts([good] * 100) or ()) == MOST
