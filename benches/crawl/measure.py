#!/usr/bin/env python3
"""Measure runs over a WARC: pages a second, CPU time, memory; beside the peer on the same file.

Runs of both take turns, so that what else the machine does falls on both. Wall time on a shared machine says little: CPU time is what to compare.
Writes notebooks-data/crawl-throughput.csv (a row a run), and puts the tables between the marks of docs/scale.md. memory.py watches the memory of a
long run.

    python3 benches/crawl/measure.py pages.warc.gz PAGES target/release/pagesieve [ROUNDS [TOOL,...]]
    python3 benches/crawl/measure.py --tables
"""

import csv
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNS = ROOT / "notebooks-data" / "crawl-throughput.csv"
DOCS = ROOT / "docs" / "scale.md"
COLUMNS = ["tool", "threads", "round", "pages", "wall_s", "cpu_s", "max_rss_mb", "in_mb", "out_mb", "out_gz_mb"]
TOOLS = ("pagesieve", "pagesieve --no-facts", "pagesieve --site-memory", "resiliparse")

# What the plan is for: pages of one Common Crawl dump, and the archives they lie in.
PLAN_PAGES = 3_000_000_000
PLAN_ARCHIVES = 90_000
PLAN_CORES = 1_000


def tree_memory(pid: int) -> float:
    """Resident memory of a process and its children, in MB."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            status = pathlib.Path(f"/proc/{one}/statm").read_text().split()
            waiting += map(int, pathlib.Path(f"/proc/{one}/task/{one}/children").read_text().split())
            total += int(status[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / 1e6


def timed(command: list[str]) -> tuple[float, float, list[float]]:
    """Wall and CPU seconds (children too), and memory each half second."""
    memory: list[float] = []
    before = os.times()
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            memory.append(tree_memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    wall = time.monotonic() - begun
    done.set()
    watcher.join()
    if code != 0:
        sys.exit(f"{command}: exit code {code}")
    after = os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system, memory


def measure(archive: str, pages: int, program: str, rounds: int, tools: list[str]) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        peer = str(pathlib.Path(__file__).with_name("peer.py"))
        for number in range(rounds):
            for threads in (1, 2):
                ours = [program, "extract", archive, "-o", f"{folder}/out.jsonl", "--threads", str(threads), "-q"]
                commands = {
                    "pagesieve": ours,
                    "pagesieve --no-facts": [*ours, "--no-facts"],
                    "pagesieve --site-memory": [*ours, "--site-memory"],
                    "resiliparse": [sys.executable, peer, archive, f"{folder}/out.jsonl", str(threads)],
                }
                for tool in tools:
                    wall, cpu, memory = timed(commands[tool])
                    sizes = [os.path.getsize(archive), *written(pathlib.Path(f"{folder}/out.jsonl"))]
                    figures = [round(wall, 2), round(cpu, 2), round(max(memory, default=0)), *(round(size / 1e6, 2) for size in sizes)]
                    rows.append([tool, threads, number, pages, *figures])
                    print(dict(zip(COLUMNS, rows[-1], strict=True)), flush=True)
    write(RUNS, COLUMNS, rows)


def written(path: pathlib.Path) -> tuple[int, int]:
    """Bytes of the results, and of the same packed by gzip."""
    packer, packed = zlib.compressobj(6, zlib.DEFLATED, 31), 0
    with open(path, "rb") as results:
        while piece := results.read(1 << 20):
            packed += len(packer.compress(piece))
    return path.stat().st_size, packed + len(packer.flush())


def write(path: pathlib.Path, columns: list[str], rows: list[list]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def tables() -> None:
    with open(RUNS, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = ["| tool | threads | pages/s of CPU | pages/s of wall | CPU s | wall s | most memory, MB |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for tool in TOOLS:
        for threads in ("1", "2"):
            runs = [row for row in rows if row["tool"] == tool and row["threads"] == threads]
            if not runs:
                continue
            middle = {name: statistics.median(float(row[name]) for row in runs) for name in ("cpu_s", "wall_s", "max_rss_mb")}
            pages = float(runs[0]["pages"])
            lines.append(
                f"| {tool} | {threads} | {pages / middle['cpu_s']:.0f} | {pages / middle['wall_s']:.0f} | {middle['cpu_s']:.0f} "
                f"| {middle['wall_s']:.0f} | {middle['max_rss_mb']:.0f} |"
            )
    replace("throughput", lines)
    replace("plan", plan(rows))


def plan(rows: list[dict[str, str]]) -> list[str]:
    """What a dump comes to at the measured rates of one thread: arithmetic alone."""
    tools = [tool for tool in TOOLS[:3] if any(row["tool"] == tool for row in rows)]
    lines = ["| | " + " | ".join(tools) + " | from |", "| --- |" + " --- |" * len(tools) + " --- |"]

    def each(name: str, source: str, of) -> None:
        values = []
        for tool in tools:
            runs = [row for row in rows if row["tool"] == tool and row["threads"] == "1"]
            one = {column: statistics.median(float(row[column]) for row in runs) for column in COLUMNS[3:]}
            values.append(of(one))
        lines.append(f"| {name} | " + " | ".join(f"{value:,.0f}" if value >= 10 else f"{value:.1f}" for value in values) + f" | {source} |")

    each("core-hours", "CPU seconds a page x 3 billion / 3,600", lambda one: one["cpu_s"] / one["pages"] * PLAN_PAGES / 3600)
    each("core-minutes an archive", "the same / 90,000", lambda one: one["cpu_s"] / one["pages"] * PLAN_PAGES / PLAN_ARCHIVES / 60)
    each("hours on 1,000 cores", "core-hours / 1,000", lambda one: one["cpu_s"] / one["pages"] * PLAN_PAGES / 3600 / PLAN_CORES)
    each("TB read", "bytes a page of this archive x 3 billion; twice where inputs are read twice", lambda one: one["in_mb"] / one["pages"] * PLAN_PAGES / 1e6)
    each("TB of rows", "bytes of JSON Lines a page x 3 billion", lambda one: one["out_mb"] / one["pages"] * PLAN_PAGES / 1e6)
    each("TB of rows, gzip", "the same packed", lambda one: one["out_gz_mb"] / one["pages"] * PLAN_PAGES / 1e6)
    return lines


def replace(name: str, lines: list[str]) -> None:
    text = DOCS.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    head, rest = text.split(begin)
    tail = rest.split(end)[1]
    DOCS.write_text(head + begin + "\n".join(lines) + "\n" + end + tail, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--tables"]:
        given = sys.argv[4:]
        rounds, tools = int(given[0]) if given else 3, given[1].split(",") if len(given) > 1 else list(TOOLS)
        measure(sys.argv[1], int(sys.argv[2]), sys.argv[3], rounds, tools)
    tables()
