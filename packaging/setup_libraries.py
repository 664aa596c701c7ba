"""System libraries for Qt and sound, and a Chinese font, installed where the set-up may do so."""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

# Small, and with every Chinese character of the window. Not installed where another one is.
CHINESE_FONT = "fonts-droid-fallback"
CHINESE_FONTS = re.compile(
    "cjk|droidsansfallback|wqy|uming|ukai|sourcehan|source-han|unifont|simsun|simhei|msyh|lxgw",
    re.IGNORECASE,
)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

TABLE = Path(__file__).resolve().parent.parent / "resources" / "linux_libraries.txt"

Run = Callable[..., int]  # runs a command and returns its exit status


def say(text: str) -> None:
    """Print a line of the set-up on standard error, which keeps it out of redirected answers."""
    print("mmdesk: " + text, file=sys.stderr, flush=True)


def read_libraries() -> dict[str, str]:
    """Return the Debian package of each library that Qt, OpenCV and sounddevice load."""
    rows = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines()]
    return {row[1]: row[2] for row in rows if row[0] != "#"}


LIBRARIES = read_libraries()


def known_libraries() -> str:
    """Return the listing of the dynamic linker; empty where there is no ldconfig."""
    for command in ("ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"):
        if shutil.which(command):
            done = subprocess.run([command, "-p"], stdout=subprocess.PIPE, check=False)
            return done.stdout.decode("utf-8", "replace")
    return ""


def missing_libraries() -> list[str]:
    """Return the sonames of LIBRARIES that this system does not have."""
    known = known_libraries()
    if known:
        return [name for name in LIBRARIES if name not in known]
    return [n for n in LIBRARIES if ctypes.util.find_library(n[3:].split(".so")[0]) is None]


def has_chinese_font() -> bool:
    """Return whether a font with Chinese characters is installed; without one they are boxes."""
    folders = [os.path.expanduser(folder) for folder in FONT_FOLDERS]
    files = (name for folder in folders for _, _, names in os.walk(folder) for name in names)
    return any(CHINESE_FONTS.search(name) for name in files)


def install_libraries(run: Run) -> None:
    """Install missing libraries, or print the command where the set-up may not install them."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_libraries()
    packages = sorted({LIBRARIES[name] for name in missing})
    if not has_chinese_font():
        packages.append(CHINESE_FONT)
    if not packages:
        return
    command = "apt-get install --no-install-recommends " + " ".join(packages)
    if shutil.which("apt-get") is None:
        if missing:
            say("missing libraries; the window may not open: " + " ".join(missing))
    elif os.geteuid() != 0:
        what = "some libraries are missing" if missing else "a font for Chinese is missing"
        say(what + ". To install it:")
        print("    sudo apt-get update && sudo " + command, file=sys.stderr, flush=True)
    elif not apt_install(run, packages):
        say("some packages could not be installed. To try again: " + command)


def apt_install(run: Run, packages: list[str]) -> bool:
    """Install Debian packages and return whether that worked."""
    say("installing " + " ".join(packages))
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    run([*apt, "update"], env=quiet)
    if run(install, env=quiet) == 0:
        return True
    run(["dpkg", "--configure", "-a"], env=quiet)  # repairs what a killed run left
    return run(install, env=quiet) == 0
