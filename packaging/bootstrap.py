"""Set-up of a fresh checkout, then mmdesk itself or its tests, with one command.

    python3 packaging/bootstrap.py run [--small] [-- ARGS]
                                                     set up, then start mmdesk (with ARGS); --small
                                                     keeps the small language model
    python3 packaging/bootstrap.py test [-- ARGS]    set up, then lint, types, import contracts
                                                     and tests (ARGS go to pytest)

Only the standard library is used. This file is valid in every Python since 2.7, so that versions
that cannot work are refused with a sentence; the steps are in the setup_*.py files of this folder.
Everything goes into .venv and into mmdesk's own folder (MMDESK_HOME). A stamp, written last, lets
the next call go straight to mmdesk. Wherever a call is killed, the next one resumes there. The
set-up prints to standard error; standard output is mmdesk's.

Exit status: that of mmdesk or of the first check that failed. 0 where there is no display for the
window: everything is set up, and the way to ask without a window is shown. 1 when the set-up
itself fails, 2 for bad usage, 130 when interrupted.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def refusal(version, executable, pyproject):
    # type: (tuple[int, ...], str, str) -> str | None
    """Return why this Python cannot be used, or None when it can.

    Args:
        version: of this Python.
        executable: its path.
        pyproject: the text of pyproject.toml.
    """
    match = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', pyproject)
    if match is None:
        return "pyproject.toml has no requires-python of the form >=3.A,<3.B."
    low, high = int(match.group(1)), int(match.group(2))
    if (3, low) <= tuple(version[:2]) < (3, high):
        return None
    names = ["3." + str(minor) for minor in range(low, high)]
    return "mmdesk needs Python {} or {}; {} is {}.".format(
        ", ".join(names[:-1]),
        names[-1],
        executable,
        ".".join(str(number) for number in version[:3]),
    )


def main(arguments):
    # type: (list[str]) -> int
    """Check the Python version, then run the command; return the exit status."""
    with open(os.path.join(os.path.dirname(HERE), "pyproject.toml"), "rb") as stream:
        pyproject = stream.read().decode("utf-8")
    reason = refusal(sys.version_info[:3], sys.executable, pyproject)
    if reason:
        sys.stderr.write(reason + "\n")
        return 1
    import setup_commands

    return setup_commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
