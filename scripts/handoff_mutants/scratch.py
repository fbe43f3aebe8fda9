"""The copy of the tree with all faults, and its builds. They are kept, so that the next call builds
only what has changed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from handoff_mutants.catalogue import Mutant
from handoff_mutants.switch import HEADER, put_in

SETTINGS = {"release": ["-DCMAKE_BUILD_TYPE=Release"],
            "thread": ["-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DHANDOFF_SANITIZE=thread"]}


class BuildError(Exception):
    """The last lines that the build printed."""


class Scratch:
    def __init__(self, root: Path, path: Path) -> None:
        self.root, self.path = root, path
        self.tree = path / "tree"

    def build_directory(self, build: str) -> Path:
        return self.tree / ("build" if build == "release" else f"build-{build}")

    def tests_program(self, build: str) -> Path:
        return self.build_directory(build) / "tests" / "handoff_tests"

    def copy(self, mutants: Sequence[Mutant]) -> None:
        """Brings the copy up to date; unchanged files keep their modification times."""
        listed = subprocess.run(["git", "-c", f"safe.directory={self.root}", "ls-files", "-z", "-co",
                                 "--exclude-standard"],
                                cwd=self.root, capture_output=True, check=True).stdout
        names = {name.decode() for name in listed.split(b"\0") if name}
        header = self.path / "fault_switch.h"
        self._write(header, HEADER.encode(), 0o644)
        by_file: dict[str, list[Mutant]] = {}
        for mutant in mutants:
            by_file.setdefault(mutant.file, []).append(mutant)
        for name in sorted(names | set(by_file)):
            original = self.root / name
            if not original.is_file():
                continue
            content = original.read_bytes()
            if name in by_file:
                content = put_in(by_file[name], content.decode(), str(header)).encode()
            self._write(self.tree / name, content, original.stat().st_mode)
        for place in self.tree.rglob("*"):
            name = place.relative_to(self.tree)
            if place.is_file() and not name.parts[0].startswith("build") and str(name) not in names:
                place.unlink()

    @staticmethod
    def _write(path: Path, content: bytes, mode: int) -> None:
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)

    def build(self, build: str) -> None:
        """Raises BuildError."""
        directory = self.build_directory(build)
        target = "all" if build == "release" else "handoff_tests"
        for command in (["cmake", "-S", str(self.tree), "-B", str(directory), "-G", "Ninja",
                         "-DHANDOFF_TESTS=ON", *SETTINGS[build]],
                        ["cmake", "--build", str(directory), "--target", target]):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, check=False)
            if done.returncode != 0:
                raise BuildError("\n".join(done.stdout.splitlines()[-30:]))

    def under(self, build: str) -> list[str]:
        """The command that must start a program of this build; empty if none is needed."""
        bits = Path("/proc/sys/vm/mmap_rnd_bits")
        # GCC 12's ThreadSanitizer cannot place its shadow memory if more than 28 bits are random.
        if build == "thread" and bits.exists() and os.access(bits, os.R_OK) and (
                int(bits.read_text()) > 28):
            return ["setarch", "--addr-no-randomize"]
        return []
