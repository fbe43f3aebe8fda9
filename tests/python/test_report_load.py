"""Reading a run: what is refused in one sentence, what is tolerated."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, STORED, cell_of
from handoff_report.cli import main
from handoff_report.load import load_run
from make_report_data import make


def sentence(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("report: ") and captured.err.count("\n") == 1
    return captured.err


def test_stored_run_is_what_its_script_makes() -> None:
    results, journal = make()
    assert (STORED / "results.json").read_text(encoding="utf-8") == results
    assert (STORED / "journal.jsonl").read_text(encoding="utf-8") == journal


def test_stored_run_has_every_key_that_the_documentation_names(stored_results: dict) -> None:
    text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^`([\w\[\].]+)`[^\n]*\n\n(\|.*?)(?:\n\n|\Z)", text,
                               re.MULTILINE | re.DOTALL))
    point = stored_results["points"][0]
    for title, found in (("context", stored_results["context"]), ("points[]", point),
                         ("points[].cells[]", point["cells"][0]),
                         ("points[].ratios[]", point["ratios"][0]),
                         ("points[].mechanisms[]", point["mechanisms"][0])):
        first_column = " ".join(line.split("|")[1] for line in sections[title].splitlines()[2:])
        named = {name.removesuffix("[]") for name in re.findall(r"`([\w\[\]]+)`", first_column)}
        assert named <= set(found), f"{title} lacks {named - set(found)}"


@pytest.mark.parametrize(("schema", "said"), [(1, "schema 1"), (0, "schema 0"),
                                              (None, "no schema"), ("2", 'schema "2"'),
                                              (True, "schema true")])
def test_another_schema_is_one_sentence_and_exit_1(
        variant: Callable[..., Path], capsys: pytest.CaptureFixture[str], schema: object,
        said: str) -> None:
    directory = variant(lambda results: results.update(schema=schema))
    assert main([str(directory)]) == 1
    error = sentence(capsys)
    assert said in error and "reads schema 2" in error and "handoff 0.1.0" in error
    assert not (directory / "report").exists()


def test_missing_directory_is_one_sentence_and_exit_1(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere")]) == 1
    assert "there is no directory" in sentence(capsys)


def test_directory_without_results_is_one_sentence_that_names_resume(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    error = sentence(capsys)
    assert "has no results.json" in error and "--resume" in error


@pytest.mark.parametrize("damaged", ["", "{", '{"schema": 2, "points": [', "\x00"])
def test_broken_json_is_one_sentence_and_exit_1(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], damaged: str) -> None:
    (tmp_path / "results.json").write_text(damaged, encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "is not valid JSON" in sentence(capsys)


def test_binary_garbage_is_one_sentence_and_exit_1(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results.json").write_bytes(b"\xff\xfe\x80")
    assert main([str(tmp_path)]) == 1
    assert "is not valid JSON" in sentence(capsys)


def test_json_that_is_no_object_is_one_sentence_and_exit_1(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results.json").write_text("[1, 2]", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "an object is expected" in sentence(capsys)


def test_unknown_point_is_one_sentence_with_the_known_ones(
        capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(STORED), "--point", "3:3 1B"]) == 1
    error = sentence(capsys)
    assert "no point '3:3 1B'" in error and "'1:1 64B'" in error


def test_unknown_option_exits_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(STORED), "--colour"])
    assert stopped.value.code == 1
    assert "--help" in sentence(capsys)


def test_a_failed_cell_has_no_speed_whatever_its_fields_say(
        variant: Callable[..., Path]) -> None:
    def fail(results: dict) -> None:
        cell_of(results, 0, "lockfree_spsc").update(verdict="corrupted", reason="One byte.")

    cell = load_run(variant(fail)).points[0].cell("lockfree_spsc")
    assert cell is not None and cell.failed
    assert cell.typical is None and cell.items_per_second is None and cell.cpu_ns is None


def test_not_a_number_and_infinity_are_read_as_not_measured(tmp_path: Path) -> None:
    text = (STORED / "results.json").read_text(encoding="utf-8")
    text = re.sub(r'"stall_share": [\d.]+', '"stall_share": NaN', text)
    text = re.sub(r'"cpu_ns_per_item": [\d.]+', '"cpu_ns_per_item": Infinity', text)
    (tmp_path / "results.json").write_text(text, encoding="utf-8")
    cell = load_run(tmp_path).points[0].measured[0]
    assert cell.stall_share is None and cell.cpu_ns is None and cell.typical is not None


def test_slices_come_from_the_point_that_was_asked_for() -> None:
    journal = load_run(STORED, "2:2 64B").journal
    assert journal.point is not None and journal.point.id == "2:2 64B"
    labels = {track.label for track in journal.tracks}
    assert "mutex_queue" in labels
    assert "process_pool" not in labels, "it failed there: its slices prove nothing"


def test_warm_up_slices_are_not_read(stored_run: object) -> None:
    rows = 0
    for line in (STORED / "journal.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["t"] == "block" and record["point"] == 0 and record["block"] >= 0:
            rows += len(record["slices"])
    journal = load_run(STORED).journal
    assert sum(len(track.at_s) for track in journal.tracks) + len(journal.floor) == rows


def test_a_packed_journal_is_read_like_a_plain_one(variant: Callable[..., Path]) -> None:
    directory = variant(journal=False)
    with lzma.open(directory / "journal.jsonl.xz", "wb") as packed:
        packed.write((STORED / "journal.jsonl").read_bytes())
    assert load_run(directory).journal == load_run(STORED).journal


@pytest.mark.parametrize("content", [b"no xz at all", lzma.compress(b"{}")[:-9]])
def test_a_damaged_packed_journal_gives_no_slices(variant: Callable[..., Path],
                                                  content: bytes) -> None:
    directory = variant(journal=False)
    (directory / "journal.jsonl.xz").write_bytes(content)
    assert load_run(directory).journal.tracks == []


def test_a_torn_last_line_of_the_journal_is_ignored(variant: Callable[..., Path]) -> None:
    directory = variant(journal=False)
    whole = (STORED / "journal.jsonl").read_text(encoding="utf-8")
    (directory / "journal.jsonl").write_text(whole + '{"t":"block","point":0,"sl',
                                             encoding="utf-8")
    assert load_run(directory).journal == load_run(STORED).journal
