"""Commands of the main window's command palette."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from mmdesk.ui.command_palette import Command
from mmdesk.ui.i18n import tr, translated
from mmdesk.ui.shortcuts import table

if TYPE_CHECKING:
    from mmdesk.ui.main_window import MainWindow

_LEFT_OUT = ("palette", "next_area")  # of no use from within the palette


def palette_commands(
    window: MainWindow, slots: Mapping[str, Callable[[], object]]
) -> list[Command]:
    """Return every action of the window, then its models, projects and conversations.

    Args:
        window: the main window.
        slots: what the shortcuts do, by their names in the table.
    """
    return [
        *_shortcut_commands(slots),
        *_prompt_commands(window),
        *_more_commands(window),
        *_model_commands(window),
        *_project_commands(window),
        *_conversation_commands(window),
    ]


def _shortcut_commands(slots: Mapping[str, Callable[[], object]]) -> list[Command]:
    return [
        Command(keys.action, keys.shown(), slots[keys.name])
        for keys in table()
        if keys.name and keys.name not in _LEFT_OUT
    ]


def _prompt_commands(window: MainWindow) -> list[Command]:
    """Return the ready prompts, for what is selected or stands in the composer."""
    kind = tr("Ready prompt")
    text = window.prompts.text_at_hand()
    return [
        Command(translated(prompt.name), kind, partial(window.prompts.run, prompt, text))
        for prompt in window.prompts.prompts
    ]


def _more_commands(window: MainWindow) -> list[Command]:
    """Return the actions that have no shortcut."""

    def use_scheme(scheme: str) -> None:
        window.take_settings(replace(window.settings, colour_scheme=scheme))

    pages, menus = window.pages, window.history.menus
    return [
        Command(tr("Add folder…"), "", pages.choose_folder),
        Command(tr("Edit ready prompts"), "", window.edit_prompts),
        Command(tr("New project…"), "", partial(menus.create_wanted.emit, "")),
        Command(tr("Show connections"), "", pages.open_connections),
        Command(tr("Show welcome"), "", window.show_introduction),
        Command(tr("Light colours"), "", partial(use_scheme, "light")),
        Command(tr("Dark colours"), "", partial(use_scheme, "dark")),
        Command(tr("Colours of the system"), "", partial(use_scheme, "system")),
        *(Command(text, "", run) for text, run in window.history.exports.commands()),
    ]


def _model_commands(window: MainWindow) -> list[Command]:
    """Return the models of the selector; one that is not downloaded opens the models page."""
    box = window.top_bar.models
    kind = tr("Model")
    commands = []
    run: Callable[[], object]
    for at in range(box.count()):
        item = box.model().index(at, 0)
        if at == box.currentIndex():
            kind_here, run = tr("Model in use"), window.composer.input.setFocus
        elif item.flags() & item.flags().ItemIsEnabled:
            kind_here, run = kind, partial(box.activated.emit, at)
        else:
            kind_here, run = kind, window.pages.open_models
        commands.append(Command(box.itemText(at), kind_here, run))
    return commands


def _project_commands(window: MainWindow) -> list[Command]:
    """Return the projects: a new chat is begun in the chosen one."""
    begin = window.history.menus.new_chat_wanted
    return [
        Command(project.name, tr("New chat in this project"), partial(begin.emit, project.id))
        for project in window.history.rows.projects
    ]


def _conversation_commands(window: MainWindow) -> list[Command]:
    """Return the conversations, the newest first as in their list."""
    opened = window.history.open_wanted
    return [
        Command(info.title, tr("Chat"), partial(opened.emit, info.id, "", ()))
        for info in window.history.rows.infos
    ]
