#!/usr/bin/env python3
"""How the command's time grows: with threads, with a page's size, depth and attributes.

    benches/scaling.py target/release/pagesieve FOLDER [--out notebooks-data]

FOLDER holds pages, such as those that `cargo run --example bench-pages -- FOLDER` writes. Writes speed-linearity.csv and speed-threads.csv. Seconds are processor time (but for threads, where the clock counts), less those of a page of one word, so that start
and model do not count.
"""

import argparse
import csv
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

RUNS = 3
PARAGRAPH = '<div class="text"><p>Some words of a paragraph, with <a href="/x">a link</a> and <b>more</b> words behind it.</p></div>\n'


def run(command):
    """Wall seconds and processor seconds of a command."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"error: {' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime


def median_of(command, which):
    return statistics.median(run(command)[which] for _ in range(RUNS))


def shapes():
    for size in [10_000, 100_000, 1_000_000, 10_000_000, 50_000_000]:
        yield "size", size, "<body>" + PARAGRAPH * (size // len(PARAGRAPH))
    for depth in [1_000, 10_000, 100_000]:
        yield "nested div", depth, "<div>" * depth + "deep"
    for count in [1_000, 10_000, 100_000]:
        yield "attributes of one element", count, "<p " + " ".join(f"a{number}=v" for number in range(count)) + ">text"
    for count in [10_000, 100_000, 1_000_000]:
        yield "left angle brackets", count, "<" * count
    for count in [300, 3_000]:
        yield "nested tables", count, "<table><tr><td>" * count + "text"


def table(path, header, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def linearity(binary, work):
    page = work / "page.html"
    page.write_text("<p>one")
    command = [binary, "extract", "--threads", "1", str(page)]
    start = median_of(command, 1)
    for what, count, html in shapes():
        page.write_text(html)
        seconds = max(median_of(command, 1) - start, 0)
        yield [what, count, len(html), f"{seconds:.3f}", f"{seconds * 1e9 / len(html):.0f}"]


def copies(folder, work, times):
    """`times` copies of the folder's pages under names of their own."""
    target = work / f"copies-{times}"
    target.mkdir()
    for page in sorted(pathlib.Path(folder).glob("*.html")):
        for copy in range(times):
            shutil.copyfile(page, target / f"{copy:05}-{page.name}")
    return target


def threads(binary, pages):
    base = None
    for count in (1, 2):
        seconds = median_of([binary, "extract", "--threads", str(count), str(pages)], 0)
        base = base or seconds
        yield [count, f"{seconds:.3f}", f"{base / seconds:.2f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("binary")
    parser.add_argument("folder")
    parser.add_argument("--out", default="notebooks-data", type=pathlib.Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        header = ["what", "count", "bytes", "seconds", "nanoseconds_a_byte"]
        table(args.out / "speed-linearity.csv", header, linearity(args.binary, work))
        pages = copies(args.folder, work, 20)
        table(args.out / "speed-threads.csv", ["threads", "seconds", "times_one_thread"], threads(args.binary, pages))


if __name__ == "__main__":
    main()
