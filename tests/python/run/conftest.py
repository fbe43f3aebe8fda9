"""Finds the programs under test: in the folder HANDOFF_BUILD, else in build/ of this tree."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .program import Finished, Program, command

ROOT = Path(__file__).resolve().parents[3]

# One point, two candidates, a single lifetime of each cell: a run of half a second.
SMALL = ("run", "--pairs", "1:1", "--strategies", "mutex_queue,lockfree_spsc", "--incarnations",
         "1", "--budget", "600ms")


def find(name: str) -> Program:
    build = Path(os.environ.get("HANDOFF_BUILD", ROOT / "build")).resolve()
    if not (build / name).exists():
        pytest.fail(f"there is no {build / name}; build it (cmake -DHANDOFF_TESTS=ON), or name the "
                    "build folder in HANDOFF_BUILD", pytrace=False)
    return Program(build / name)


@pytest.fixture(scope="session")
def handoff() -> Program:
    return find("handoff")


@pytest.fixture(scope="session")
def handoff_broken() -> Program:
    """handoff with the strategies of tests/broken/ in it."""
    return find("handoff_broken")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prefix with handoff in it."""
    prefix = tmp_path_factory.mktemp("prefix")
    command("cmake", "--install", find("handoff").path.parent, "--prefix", prefix)
    return prefix


@pytest.fixture(scope="session")
def here(installed: Path) -> Program:
    """The installed handoff."""
    return Program(installed / "bin" / "handoff")


@pytest.fixture(scope="session")
def small_run(handoff: Program, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Finished]:
    """The directory and the streams of a small run that went well. To be copied, not changed."""
    directory = tmp_path_factory.mktemp("small") / "run"
    return directory, handoff.run(*SMALL, "--seed", 7, directory=directory)
