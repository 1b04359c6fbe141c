#!/usr/bin/env python3
"""Make a WARC of a folder of pages, to measure runs with.

Takes the .html and .html.gz files below a folder, in the order of their names, over and over until there are enough; writes one gzip member a
record: a warcinfo, then a response for each page, with an address of its own. The pages are other people's: keep the archive to yourself.

    python3 benches/crawl/make_warc.py PAGES/ 20000 /tmp/pages.warc.gz
"""

import gzip
import pathlib
import sys
import zlib


def record(kind: str, uri: str, content_type: str, body: bytes) -> bytes:
    target = f"WARC-Target-URI: {uri}\r\n" if uri else ""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\n{target}WARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def member(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def main() -> None:
    folder, count, out = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    files = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    if not files:
        sys.exit(f"{folder}: no .html or .html.gz files")
    total = 0
    with open(out, "wb") as archive:
        archive.write(member(record("warcinfo", "", "application/warc-fields", b"format: WARC File Format 1.0\r\n")))
        for number in range(count):
            path = files[number % len(files)]
            data = path.read_bytes()
            html = gzip.decompress(data) if path.suffix == ".gz" else data
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + html
            uri = f"https://site-{number % 997}.example/page/{number}"
            archive.write(member(record("response", uri, "application/http; msgtype=response", http)))
            total += len(html)
    print(f"{count} pages of {len(files)} files, {total / 1e6:.0f} MB of HTML")


if __name__ == "__main__":
    main()
