"""The page: self-contained, complete, honest about failures and unfinished runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import cell_of, keep_points, set_to_null
from handoff_report.figures import FIGURES

_VOID = {"meta", "br", "use", "path", "image", "link", "img"}


class Outline(HTMLParser):
    """Collects tags with attributes and checks that they nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag


def plain(html: str) -> str:
    """The page's words, without tags."""
    text = re.sub(r"<(style|svg).*?</\1>", " ", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", text).replace("\u00a0", " ")
    return unescape(re.sub(r"\s+", " ", text))


@pytest.fixture(scope="module")
def page(stored_report: Path) -> str:
    return (stored_report / "index.html").read_text(encoding="utf-8")


def test_the_page_loads_nothing_from_elsewhere(page: str) -> None:
    assert "http://" not in page and "https://" not in page
    assert "@import" not in page and "url(http" not in page
    for tag, attributes in Outline(page).tags:
        assert tag not in ("script", "link", "iframe", "object", "embed")
        source = attributes.get("src") or ""
        assert source == "" or source.startswith("data:")
        href = attributes.get("href") or ""
        assert href.startswith(("#", "data:")) or href in ("", *[f"{n}.png" for n in FIGURES])


def test_the_page_is_at_most_3_mb(stored_report: Path) -> None:
    assert (stored_report / "index.html").stat().st_size < 3_000_000


def test_ids_are_unique_and_references_meet_one(page: str) -> None:
    tags = Outline(page).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(r'href="#([^"]+)"', page)) | set(re.findall(r"url\(#([^)]+)\)", page))
    assert wanted <= set(ids)


def test_every_figure_is_inlined_with_alt_text_and_the_command(page: str) -> None:
    tags = Outline(page).tags
    assert sum(tag == "svg" for tag, _ in tags) == len(FIGURES)
    alts = [a["aria-label"] or "" for _, a in tags if a.get("role") == "img"]
    assert len(alts) == len(FIGURES) and all(len(alt) > 60 for alt in alts)
    captions = re.findall(r"<figcaption.*?</figcaption>", page, re.DOTALL)
    assert len(captions) == len(FIGURES)
    assert all("handoff run --suite default --seed 20250301" in text for text in captions)


def test_failures_stand_in_red_before_the_answer(page: str) -> None:
    alert = page.index('class="card bad"')
    assert alert < page.index('id="answer"')
    text = plain(page[alert:page.index('id="answer"')])
    assert "2 cells failed" in text
    assert "process_pool at 2 producers → 2 consumers, 64 B: lost: 3 items never arrived" in text
    assert "asio_loop at 4 producers → 4 consumers, 64 B: crashed" in text
    assert "unsupported" not in text, "what cannot run is no failure"


def test_a_run_without_failures_has_no_alarm(page_of: Callable[..., str]) -> None:
    html = page_of(lambda results: keep_points(results, 0))
    assert 'role="alert"' not in html


def test_sections_come_in_the_order_of_a_readers_questions(page: str) -> None:
    order = [page.index(f'id="{name}"') for name in
             ("answer", "machine", "figures", "verdicts", "mechanisms", "parts", "environment",
              "words")]
    assert order == sorted(order)


def test_an_interrupted_run_says_so_at_the_top(page_of: Callable[..., str]) -> None:
    html = page_of(lambda results: results["context"].update(status="interrupted", exit=130))
    top = plain(html[:html.index('id="answer"')])
    assert "The run was interrupted (Ctrl-C)" in top


def test_warnings_stand_with_their_remedies(page: str) -> None:
    text = plain(page)
    assert "The hypervisor takes CPU time away" in text
    assert "→ Measure at a quieter time" in text
    assert "One cache-line hand-over between the CPUs in use" in text


def test_points_that_the_budget_dropped_are_named(page: str) -> None:
    assert "2:2 1KiB: needs 14 s" in plain(page)


def test_tables_show_every_cell_with_its_verdict(page: str, stored_results: dict) -> None:
    verdicts = page[page.index('id="verdicts"'):page.index('id="mechanisms"')]
    tables = re.findall(r"<tbody>(.*?)</tbody>", verdicts, re.DOTALL)
    assert len(tables) == len(stored_results["points"])
    for table, point in zip(tables, stored_results["points"]):
        rows = [plain(row) for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)]
        shown = [cell for cell in point["cells"] if cell["role"] != "control"]
        assert len(rows) == len(shown)
        by_label = {row.split()[0]: row for row in rows}
        for cell in shown:
            row = by_label[cell["label"]]
            if cell["verdict"] != "delivered":
                assert f"{cell['verdict']}: {cell['reason']}" in row.replace("&#39;", "'")
                assert "– – – – –" in row, "no speed"


def test_a_table_row_holds_the_numbers_of_results_json(page: str) -> None:
    first = plain(re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[0])
    assert re.search(r"lockfree_spsc [\d.]+ ns \[[\d., ]+\] [\d.]+ ns [\d.]+ % [\d.]+ M/s "
                     r"[\d.]+ GB/s [\d.]+ ns 1 leader", first)
    assert "reference, not a candidate" in first


def test_the_environment_is_listed_with_units(page: str) -> None:
    text = plain(page[page.index('id="environment"'):])
    for said in ("Example Cloud Processor", "total 7.75 GiB", "compiler version 12.2.0",
                 "level 1, type data, size 32 KiB", "governor unknown"):
        assert said in text, said


def test_markup_in_names_and_reasons_is_shown_not_obeyed(page_of: Callable[..., str]) -> None:
    def inject(results: dict) -> None:
        keep_points(results, 0)
        cell_of(results, 0, "asio_loop").update(
            verdict="crashed", reason="</div><script>alert(1)</script>")
        cell_of(results, 0, "event_loop").update(label="<b>x</b>", strategy="<b>x</b>")
        results["context"]["command"] = ["handoff", "run", "--out", "<i>&"]

    html = page_of(inject)
    assert "<script" not in html and "<b>x</b>" not in html
    assert "&lt;script&gt;" in html


def test_a_report_of_nulls_is_still_a_page(page_of: Callable[..., str]) -> None:
    def clear(results: dict) -> None:
        keep = frozenset({"schema"})
        for key in ("context", "points"):
            results[key] = set_to_null(results[key], keep)

    assert "What the words mean" in plain(page_of(clear, figures=True))


def test_an_empty_run_is_a_page_that_says_so(page_of: Callable[..., str]) -> None:
    html = page_of(lambda results: results.update(context={}, points=[]), figures=True)
    assert "nothing was measured" in plain(html)


def test_the_page_fits_phones_and_the_dark(page: str) -> None:
    assert "width=device-width" in page
    assert "prefers-color-scheme: dark" in page and "overflow-x: auto" in page


def test_a_run_of_many_points_stays_small_and_folds_its_tables(
        page_of: Callable[..., str]) -> None:
    def grow(results: dict) -> None:
        results["points"] = [{**point, "id": f"{point['id']} cap={n}"}
                             for n in range(6) for point in results["points"]]

    html = page_of(grow, figures=True)
    assert len(html.encode()) < 3_000_000
    assert "<details id=" in html and " open>" not in html


def test_what_holds_for_a_point_and_for_the_run_is_said(page: str, stored_results: dict) -> None:
    said = plain(page)
    for point in stored_results["points"]:
        for sentence in point["sentences"]:
            assert sentence in said
    assert stored_results["context"]["control"]["sentence"] in said
    assert stored_results["context"]["longest_life"]["sentence"] in said
    assert stored_results["context"]["level"] in said


def test_what_the_mechanism_costs_stands_by_pair_with_every_point(
        page: str, stored_results: dict) -> None:
    section = page[page.index('id="mechanisms"'):page.index('id="environment"')]
    said = plain(section)
    assert said.index("What the carrier costs") < said.index("What the structure costs")
    assert ("process_per_item / thread_per_item handing over without a queue in processes instead "
            "of threads") in said
    pairs = [pair for point in stored_results["points"] for pair in point["mechanisms"]]
    assert section.count("<td class=\"words\">") == len(pairs) > 0
    assert "told apart" in said


def test_equal_mechanisms_are_said_to_be_equal_within_ten_percent(
        page_of: Callable[..., str]) -> None:
    def equal(results: dict) -> None:
        keep_points(results, 0)
        results["points"][0]["mechanisms"][0].update(median=1.03, lo=0.98, hi=1.09, verdict="equal")

    said = plain(page_of(equal))
    assert "1.03 [0.98, 1.09] equal within 10 %" in said.replace("×", "")


def test_a_run_without_such_pairs_has_no_section_of_them(page_of: Callable[..., str]) -> None:
    def without(results: dict) -> None:
        for point in results["points"]:
            point["mechanisms"] = []

    assert "What the mechanism costs" not in page_of(without)
