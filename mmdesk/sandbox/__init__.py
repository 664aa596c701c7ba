"""Restrictions that a process puts on itself for good: no files, no network, no new programs.

Linux alone, with what its kernel gives every process: Landlock and seccomp. The kernel's interfaces
are stable and small, and are called through ctypes; of the wrappers for Python, `landlock` is an
alpha version and `pyseccomp` needs a library that is not on every system.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
