#!/usr/bin/env python3
"""The peer: main content of the pages of a WARC by FastWARC and Resiliparse, a line of JSON a page.

    pip install 'fastwarc>=2' 'resiliparse>=2'
    python3 benches/crawl/peer.py pages.warc.gz out.jsonl PROCESSES

With one process all is done in it. With more, this one reads the archive and the others extract, some pages at a time, in order: Python's threads
would not run at the same time.
"""

import json
import multiprocessing
import sys

from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding


def line(job: tuple[str, bytes]) -> str:
    uri, body = job
    text = extract_plain_text(bytes_to_str(body, detect_encoding(body)), main_content=True)
    return json.dumps({"url": uri, "text": text}, ensure_ascii=False) + "\n"


def jobs(path: str):
    with open(path, "rb") as archive:
        for record in ArchiveIterator(archive, record_types=WarcRecordType.response):
            yield record.headers["WARC-Target-URI"], record.reader.read()


def main() -> None:
    path, out, processes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(out, "w", encoding="utf-8") as results:
        if processes == 1:
            for job in jobs(path):
                results.write(line(job))
            return
        with multiprocessing.Pool(processes) as pool:
            for text in pool.imap(line, jobs(path), chunksize=32):
                results.write(text)


if __name__ == "__main__":
    main()
