"""What Qt and sound need of the system, and a font that has Chinese, installed where the set-up may
do that.
"""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable

# What Qt's platform plugins, OpenCV and sounddevice load, and the Debian package of each.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libportaudio.so.2": "libportaudio2",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}

# Small, and with every Chinese character the window says. Whoever has another one needs it not.
CHINESE_FONT = "fonts-droid-fallback"
CHINESE_FONTS = re.compile(
    "cjk|droidsansfallback|wqy|uming|ukai|sourcehan|source-han|unifont|simsun|simhei|msyh|lxgw",
    re.IGNORECASE,
)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

Run = Callable[..., int]  # runs a command, returns its exit status


def say(text: str) -> None:
    """One line of the set-up's own."""
    print("mmdesk: " + text, flush=True)


def known_libraries() -> str:
    """What the dynamic linker knows; empty where it cannot be asked."""
    for command in ("ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"):
        if shutil.which(command):
            done = subprocess.run([command, "-p"], stdout=subprocess.PIPE, check=False)
            return done.stdout.decode("utf-8", "replace")
    return ""


def missing_libraries() -> list[str]:
    """Sonames from LIBRARIES that this system does not have."""
    known = known_libraries()
    if known:
        return [name for name in LIBRARIES if name not in known]
    return [n for n in LIBRARIES if ctypes.util.find_library(n[3:].split(".so")[0]) is None]


def has_chinese_font() -> bool:
    """Whether a font that is known to have Chinese lies where fonts lie; else it is boxes."""
    folders = [os.path.expanduser(folder) for folder in FONT_FOLDERS]
    files = (name for folder in folders for _, _, names in os.walk(folder) for name in names)
    return any(CHINESE_FONTS.search(name) for name in files)


def install_libraries(run: Run) -> None:
    """Install what is missing where that is possible, and say what to do where it is not."""
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
            say("these libraries are missing, and the window may not open: " + " ".join(missing))
    elif os.geteuid() != 0:
        what = "some libraries are missing" if missing else "a font for Chinese is missing"
        say(what + "; to install what is missing:")
        print("    sudo apt-get update && sudo " + command, flush=True)
    elif not apt_install(run, packages):
        say("some packages could not be installed; to try again: " + command)


def apt_install(run: Run, packages: list[str]) -> bool:
    """Install Debian packages; True when that worked."""
    say("installing " + " ".join(packages))
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    run([*apt, "update"], env=quiet)
    if run(install, env=quiet) == 0:
        return True
    run(["dpkg", "--configure", "-a"], env=quiet)  # mends what a killed run left
    return run(install, env=quiet) == 0
