#!/usr/bin/env python3
"""Sample the memory of a long run: an archive read many times over, in one run, by one process.

Looks once a second at the resident memory of `extract --format jsonl` and at how many records its last checkpoint has, until the run ends. Writes
notebooks-data/crawl-memory.csv (second, records, resident memory, and the most of it so far, in MB), and puts the table between the marks of
docs/scale.md and the curve into docs/memory.svg.

    python3 benches/crawl/memory.py pages.warc.gz TIMES target/release/pagesieve [THREADS]
    python3 benches/crawl/memory.py --tables
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from measure import replace, write

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEMORY = ROOT / "notebooks-data" / "crawl-memory.csv"
PLOT = ROOT / "docs" / "memory.svg"
COLUMNS = ["second", "records", "rss_mb", "most_mb"]
PARTS = 10


def memory(pid: int) -> tuple[float, float] | None:
    """Resident memory and the most of it, in MB; None once the process is gone."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    values = {name: value for name, _, value in (line.partition(":") for line in lines)}
    if "VmRSS" not in values:
        return None
    return tuple(int(values[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))


def records(checkpoint: pathlib.Path, before: int) -> int:
    """Records up to the last checkpoint; what was there before, if it is just being replaced or gone."""
    try:
        return json.loads(checkpoint.read_text(encoding="utf-8"))["run"]["counts"]["records"]
    except (FileNotFoundError, ValueError):
        return before


def measure(archive: str, times: int, program: str, threads: str) -> None:
    rows, done = [], 0
    with tempfile.TemporaryDirectory() as folder:
        listed, out, summary = (pathlib.Path(folder, name) for name in ("list.txt", "out.jsonl.zst", "summary.json"))
        listed.write_text(f"{pathlib.Path(archive).resolve()}\n" * times, encoding="utf-8")
        command = [program, "extract", "--files-from", listed, "-o", out, "--threads", threads, "--summary", summary, "-q"]
        begun = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        while process.poll() is None:
            time.sleep(1)
            found = memory(process.pid)
            done = records(pathlib.Path(f"{out}.checkpoint"), done)
            if found is not None:
                rows.append([round(time.monotonic() - begun, 1), done, *(round(value, 1) for value in found)])
        if process.returncode != 0:
            sys.exit(f"{command}: exit code {process.returncode}")
        counts = json.loads(summary.read_text(encoding="utf-8"))["counts"]
        print(f"{counts['records']} records, {counts['pages']} pages, {rows[-1][0]:.0f} s, at most {rows[-1][3]:.0f} MB")
    write(MEMORY, COLUMNS, rows)


def tables() -> None:
    with open(MEMORY, encoding="utf-8") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    seconds = rows[-1]["second"]
    lines = ["| tenth of the run | records up to its end | least MB | median MB | most MB |", "| --- | --- | --- | --- | --- |"]
    for part in range(PARTS):
        inside = [row for row in rows if part * seconds <= row["second"] * PARTS <= (part + 1) * seconds]
        values = sorted(row["rss_mb"] for row in inside)
        lines.append(f"| {part + 1} | {inside[-1]['records']:,.0f} | {values[0]:.0f} | {values[len(values) // 2]:.0f} | {values[-1]:.0f} |")
    replace("memory", lines)
    PLOT.write_text(plot(rows), encoding="utf-8")


def plot(rows: list[dict[str, float]]) -> str:
    """Memory by records: axes from zero, so that what looks flat is flat."""
    width, height, left, top = 720, 240, 56, 16
    most_records = max(row["records"] for row in rows)
    step = 50 if max(row["most_mb"] for row in rows) <= 250 else 100
    most = (int(max(row["most_mb"] for row in rows)) // step + 1) * step

    def at(records: float, megabytes: float) -> str:
        return f"{left + records / most_records * (width - left - 16):.1f},{top + (1 - megabytes / most) * (height - top - 40):.1f}"

    curve = " ".join(at(row["records"], row["rss_mb"]) for row in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#333">',
        "<title>Resident memory of one run by records read</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for megabytes in range(0, most + 1, step):
        x, y = at(0, megabytes).split(",")
        parts.append(f'<path d="M{x},{y}H{width - 16}" stroke="#ddd"/><text x="{left - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{megabytes}</text>')
    for part in range(6):
        x, y = at(most_records * part / 5, 0).split(",")
        parts.append(f'<text x="{x}" y="{float(y) + 18:.1f}" text-anchor="middle">{most_records * part / 5:,.0f}</text>')
    parts.append(f'<polyline points="{curve}" fill="none" stroke="#1f5fa8" stroke-width="1.2"/>')
    parts.append(f'<text x="{width // 2}" y="{height - 4}" text-anchor="middle">records read; resident memory in MB</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["--tables"]:
        measure(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else "2")
    tables()
