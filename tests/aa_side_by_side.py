#!/usr/bin/env python3
"""A/A beside Google Benchmark: the same cells, the same time, who reports a difference?

    tests/aa_side_by_side.py [--build DIR] [--runs N] [--gbench-runs N]

For mutex_queue and lockfree_spsc at 1:1, 64 B, about 10 s a run: `handoff run` under two labels;
Google Benchmark one after the other; Google Benchmark randomly interleaved. Prints a line a run
and a Markdown table of B/A (the true value is 1).
"""
import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

STRATEGIES = {"mutex_queue": 8000, "lockfree_spsc": 30000}  # items of about a millisecond


def handoff_ratio(build: Path, strategy: str) -> tuple[float, float, float]:
    """B/A with its interval."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(
            [build / "handoff", "run", "--strategies", f"a={strategy},b={strategy}", "--no-references", "--pairs",
             "1:1", "--payload", "64", "--budget", "10s", "--quiet", "--out", f"{directory}/run"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        results = json.loads(Path(directory, "run", "results.json").read_text())
    for ratio in results["points"][0]["ratios"]:
        if {ratio["label"], ratio["to"]} == {"a", "b"}:
            median, lo, hi = ratio["median"], ratio["lo"], ratio["hi"]
            return (median, lo, hi) if ratio["label"] == "b" else (1 / median, 1 / hi, 1 / lo)
    raise SystemExit("no ratio of a and b in results.json")


def gbench_ratio(build: Path, strategy: str, interleaved: bool) -> float:
    """B/A of the medians over ten repetitions."""
    command = [build / "gbench-aa", strategy, str(STRATEGIES[strategy]),
               "--benchmark_repetitions=10", "--benchmark_min_time=0.35",
               f"--benchmark_enable_random_interleaving={str(interleaved).lower()}",
               "--benchmark_format=json"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    times = {line["run_name"]: line["real_time"] for line in json.loads(output)["benchmarks"]
             if line.get("aggregate_name") == "median"}
    return times["B/manual_time"] / times["A/manual_time"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--gbench-runs", type=int, default=10)
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    rows = []
    for strategy in STRATEGIES:
        ours, sequential, interleaved = [], [], []
        for run in range(max(arguments.runs, arguments.gbench_runs)):
            if run < arguments.runs:
                ours.append(handoff_ratio(build, strategy))
                print(strategy, "handoff", *(f"{x:.4f}" for x in ours[-1]), flush=True)
            if run < arguments.gbench_runs:
                sequential.append(gbench_ratio(build, strategy, False))
                interleaved.append(gbench_ratio(build, strategy, True))
                print(strategy, "gbench", f"{sequential[-1]:.4f} {interleaved[-1]:.4f}", flush=True)
        holds = sum(lo <= 1 <= hi for _, lo, hi in ours)
        half = [(hi / lo) ** 0.5 - 1 for _, lo, hi in ours]
        values = [value for value, _, _ in ours]
        rows.append(f"| {strategy} | handoff | {len(ours)} | {min(values):.4f} … {max(values):.4f} | "
                    f"holds 1 in {holds}; half-width median {statistics.median(half):.2%}, "
                    f"within 3 % in {sum(h <= 0.03 for h in half)} |")
        for name, ratios in (("Google Benchmark, sequential", sequential),
                             ("Google Benchmark, interleaved", interleaved)):
            if ratios:
                rows.append(f"| {strategy} | {name} | {len(ratios)} | "
                            f"{min(ratios):.4f} … {max(ratios):.4f} | none given |")
    print("\n| strategy | protocol | runs | measured B/A | interval |\n| --- | --- | --- | --- | --- |")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
