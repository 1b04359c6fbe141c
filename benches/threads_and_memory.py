#!/usr/bin/env python3
"""Two threads against one, and peak memory by page size, as Markdown tables.

Takes the program and a folder of pages; gives medians of five alternating runs of `extract` over the folder, read five times a run, and the peak of one run over
pages made by repeating a sample page's article. Knows nothing of stages.

    python3 benches/threads_and_memory.py target/release/pagesieve FOLDER
"""

import os
import resource
import statistics
import sys
import tempfile
import time

RUNS = 5
# The folder is read so often in a run, so that loading the model, which one thread does, is as small a share as in a long run.
TIMES = 5
SIZES_MB = (1, 5, 10, 40)
SAMPLE = os.path.join(os.path.dirname(__file__), "..", "tests", "pages", "asia-summit.html")


def run(program, *arguments):
    """Wall seconds, CPU seconds and peak memory in bytes of one run."""
    begun = time.monotonic()
    child = os.posix_spawn(program, [program, "extract", *arguments, "--format", "text", "--output", os.devnull], os.environ)
    _, status, used = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{program} failed")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, folder = sys.argv[1:]
    runs = {1: [], 2: []}
    for _ in range(RUNS):
        for threads, found in runs.items():
            found.append(run(program, *[folder] * TIMES, "--threads", str(threads)))
    print("| threads | wall, s | CPU, s | times one thread |\n| --- | --- | --- | --- |")
    one = statistics.median(wall for wall, _, _ in runs[1])
    for threads, found in runs.items():
        wall, cpu = (statistics.median(column) for column in list(zip(*found))[:2])
        print(f"| {threads} | {wall:.2f} | {cpu:.2f} | {one / wall:.2f} |")
    with open(SAMPLE, encoding="utf-8") as file:
        page = file.read()
    article = page[page.index("<main") : page.index("</main>")]
    print("\n| page, MB | seconds | peak, MB | 12 times the page and 60 MB |\n| --- | --- | --- | --- |")
    for size in SIZES_MB:
        with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as file:
            file.write("<!doctype html><body>" + article * (size * 1_000_000 // len(article.encode())))
            file.flush()
            wall, _, peak = run(program, file.name, "--threads", "1")
        print(f"| {size} | {wall:.2f} | {peak / 1e6:.0f} | {12 * size + 60} |")


if __name__ == "__main__":
    main()
