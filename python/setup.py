"""Puts the native library and the problem files into the package.

The library is the first of: the file that FAST_LIBRARY names, the repository's .build/library/libfast.so, or, where Swift is installed, one that
scripts/library builds now. Without any, the package is installed all the same, and says at first use what to do.
"""

import os
import pathlib
import shutil
import subprocess
import sys

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).resolve().parent.parent


def library() -> "pathlib.Path | None":
    named = os.environ.get("FAST_LIBRARY")
    if named:
        return pathlib.Path(named)
    built = ROOT / ".build" / "library" / "libfast.so"
    script = ROOT / "scripts" / "library"
    if not built.exists() and script.exists() and shutil.which("swift"):
        subprocess.run([str(script)], check=True)
    return built if built.exists() else None


class BuildWithLibrary(build_py):
    def run(self) -> None:
        super().run()
        if getattr(self, "editable_mode", False):
            return  # the repository's own build is found
        native = pathlib.Path(self.build_lib) / "fast_gym" / "native"
        native.mkdir(parents=True, exist_ok=True)
        found = library()
        if found is None:
            print("fast_gym: no libfast.so was found and none could be built", file=sys.stderr)
        else:
            shutil.copy2(found, native / "libfast.so")
        if (ROOT / "environments").is_dir():
            shutil.copytree(ROOT / "environments", native / "environments", dirs_exist_ok=True)


class PlatformDistribution(Distribution):
    """The package holds a library for one platform."""

    def has_ext_modules(self) -> bool:
        return True


setup(cmdclass={"build_py": BuildWithLibrary}, distclass=PlatformDistribution)
