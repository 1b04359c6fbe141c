"""A peer in Python: reads paths of pages from standard input up to an empty line, then goes through them for each line it gets.

Answers first with the version of its package and how many bytes the pages have, then for each line with the processor time of
the pass in seconds, the characters that came out, and how many pages it gave up on.
"""

import gzip
import importlib.metadata
import sys
import time


def resiliparse():
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    def extract(page):
        return extract_plain_text(HTMLTree.parse_from_bytes(page, detect_encoding(page)), main_content=True)

    return "resiliparse", extract


def trafilatura():
    import trafilatura as package

    return "trafilatura", package.extract


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read()


def one_pass(extract, pages):
    start = time.process_time()
    characters = failed = 0
    for page in pages:
        try:
            characters += len(extract(page) or "")
        except Exception:
            failed += 1
    return f"{time.process_time() - start} {characters} {failed}"


def main():
    peers = {"resiliparse": resiliparse, "trafilatura (Python)": trafilatura}
    package, extract = peers[sys.argv[1]]()
    paths = iter(lambda: sys.stdin.readline().rstrip("\n"), "")
    pages = [read(path) for path in paths]
    print(importlib.metadata.version(package), sum(map(len, pages)), flush=True)
    while sys.stdin.readline():
        print(one_pass(extract, pages), flush=True)


main()
