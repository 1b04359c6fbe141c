#!/usr/bin/env python3
"""Measure runs over a WARC: pages a second, CPU time, memory; beside the peer on the same file.

Runs of both take turns, so that what else the machine does falls on both. Wall time on a shared machine says little: CPU time is what to compare.
Writes notebooks-data/crawl-throughput.csv (a row a run) and notebooks-data/crawl-memory.csv (resident memory of one run, second by second),
and puts the tables between the marks of docs/scale.md.

    python3 benches/crawl/measure.py pages.warc.gz PAGES target/release/pagesieve [ROUNDS]
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

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNS = ROOT / "notebooks-data" / "crawl-throughput.csv"
MEMORY = ROOT / "notebooks-data" / "crawl-memory.csv"
DOCS = ROOT / "docs" / "scale.md"
COLUMNS = ["tool", "threads", "round", "pages", "wall_s", "cpu_s", "max_rss_mb"]


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


def measure(archive: str, pages: int, program: str, rounds: int) -> None:
    rows, curve = [], []
    with tempfile.TemporaryDirectory() as folder:
        peer = str(pathlib.Path(__file__).with_name("peer.py"))
        for number in range(rounds):
            for threads in (1, 2):
                commands = {
                    "pagesieve": [program, "extract", archive, "-o", f"{folder}/ours.jsonl", "--threads", str(threads), "-q"],
                    "resiliparse": [sys.executable, peer, archive, f"{folder}/theirs.jsonl", str(threads)],
                }
                for tool, command in commands.items():
                    wall, cpu, memory = timed(command)
                    rows.append([tool, threads, number, pages, round(wall, 2), round(cpu, 2), round(max(memory, default=0))])
                    print(dict(zip(COLUMNS, rows[-1], strict=True)), flush=True)
                    if tool == "pagesieve" and threads == 2:
                        curve = memory
    write(RUNS, COLUMNS, rows)
    write(MEMORY, ["second", "rss_mb"], [[(index + 1) / 2, round(value, 1)] for index, value in enumerate(curve)])


def write(path: pathlib.Path, columns: list[str], rows: list[list]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def tables() -> None:
    with open(RUNS, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = ["| tool | threads | pages/s of CPU | pages/s of wall | CPU s | wall s | most memory, MB |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for tool in ("pagesieve", "resiliparse"):
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
    with open(MEMORY, encoding="utf-8") as file:
        curve = [float(row["rss_mb"]) for row in csv.DictReader(file)]
    tenths = [curve[len(curve) * part // 10 : max(len(curve) * (part + 1) // 10, len(curve) * part // 10 + 1)] for part in range(10)]
    lines = ["| tenth of the run | " + " | ".join(str(part + 1) for part in range(10)) + " |", "|" + " --- |" * 11]
    lines.append("| most memory, MB | " + " | ".join(f"{max(part):.0f}" for part in tenths) + " |")
    replace("memory", lines)


def replace(name: str, lines: list[str]) -> None:
    text = DOCS.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    head, rest = text.split(begin)
    tail = rest.split(end)[1]
    DOCS.write_text(head + begin + "\n".join(lines) + "\n" + end + tail, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--tables"]:
        measure(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 3)
    tables()
