"""scripts/report: finds an interpreter that can draw, or says what is missing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, STORED

REPORT = ROOT / "scripts" / "report"


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(REPORT), *map(str, arguments)], text=True, capture_output=True,
                          env={**os.environ, **environment}, check=False)


def fake(directory: Path, name: str, text: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def without_matplotlib(tmp_path: Path) -> str:
    """A PYTHONPATH on which importing matplotlib fails."""
    fake(tmp_path / "lack" / "matplotlib", "__init__.py", "raise ImportError('not here')\n")
    return str(tmp_path / "lack")


def test_the_report_is_written_into_the_runs_directory_by_default(tmp_path: Path) -> None:
    for name in ("results.json", "journal.jsonl"):
        (tmp_path / name).symlink_to(STORED / name)
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "report" / "index.html")
    assert done.stderr == ""
    assert {path.name for path in (tmp_path / "report").iterdir()} == {
        "index.html", "threads.png", "payload.png", "ratios.png", "cpu.png", "slices.png"}


def test_out_and_the_home_directory_stays_clean(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    done = run(STORED, "--out", tmp_path / "there", HOME=str(home), TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "there" / "index.html").is_file()
    assert list(home.iterdir()) == []


def test_an_interpreter_without_the_packages_earlier_on_path_is_passed_over(
        tmp_path: Path) -> None:
    fake(tmp_path / "bin", "python3", "#!/bin/sh\nexit 1\n")
    done = run(STORED, "--out", tmp_path / "out",
               PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    if done.returncode != 0:
        pytest.skip("no /usr/bin/python3 with the packages on this system")
    assert (tmp_path / "out" / "index.html").is_file()


def test_missing_packages_are_named_in_one_sentence(without_matplotlib: str,
                                                    tmp_path: Path) -> None:
    done = run(STORED, "--out", tmp_path / "out", PYTHONPATH=without_matplotlib)
    assert done.returncode == 1
    assert done.stdout == "" and done.stderr.count("\n") == 1
    assert "python3-matplotlib" in done.stderr
    assert "apt-get install" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_script_works_through_a_link_and_from_another_directory(tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(REPORT)
    done = subprocess.run([str(tmp_path / "linked"), str(STORED), "--out", "here"], cwd=tmp_path,
                          text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "here" / "index.html").is_file()


def test_a_relative_script_path_and_a_space_in_names_work(tmp_path: Path) -> None:
    spaced = tmp_path / "a run"
    spaced.mkdir()
    (spaced / "results.json").symlink_to(STORED / "results.json")
    done = subprocess.run(["sh", "report", str(spaced)], cwd=REPORT.parent, text=True,
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (spaced / "report" / "index.html").is_file()


def test_no_directory_is_usage_and_exit_1() -> None:
    done = run()
    assert done.returncode == 1 and "--help" in done.stderr


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run(STORED, "--out", tmp_path / "file" / "out")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "cannot write the report" in done.stderr


def test_help_explains_the_options() -> None:
    done = run("--help")
    assert done.returncode == 0
    for word in ("--out", "--point", "example"):
        assert word in done.stdout
