#!/usr/bin/env python3
"""Write damaged archives, run pagesieve over each, and put what each gave into docs/crawls.md.

Every archive has a whole record before the damage and one after it, so that the table shows what is lost. All pages are made here.

    python3 benches/crawl/damage.py target/release/pagesieve
"""

import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "crawls.md"
GB = 1 << 30


def html(name: str) -> bytes:
    return (
        f"<title>{name}</title><h1>{name}</h1><p>The {name} page says at some length that the harbour office counted nineteen boats before noon, "
        "and that two of them were trawlers which nobody had expected back this year.</p>"
    ).encode()


def http(body: bytes, content_type: str = "text/html; charset=utf-8", more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n{more}\r\n".encode() + body


def record(body: bytes, length: int | None = None, kind: str = "WARC-Type: response\r\n") -> bytes:
    length = len(body) if length is None else length
    head = f"WARC/1.0\r\n{kind}WARC-Target-URI: https://boats.example/\r\nContent-Length: {length}\r\n\r\n"
    return head.encode() + body + b"\r\n\r\n"


def member(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def endless(start: bytes, size: int, path: pathlib.Path, packed: bool) -> None:
    """A record of `size` bytes between two whole ones, written piece by piece."""
    body = http(start)
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {size + len(body)}\r\n\r\n".encode() + body
    piece = b"<p>More of the same, again and again, until the disk is full.</p>\n" * 16384
    with open(path, "wb") as out:
        out.write(member(record(http(html("first")))) if packed else record(http(html("first"))))
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        pack = packer.compress if packed else bytes
        out.write(pack(head))
        for start in range(0, size, len(piece)):
            out.write(pack(piece[: size - start]))
        out.write(pack(b"\r\n\r\n"))
        out.write(packer.flush() if packed else b"")
        out.write(member(record(http(html("last")))) if packed else record(http(html("last"))))


def archives(folder: pathlib.Path):
    """Name, archive."""
    first, last = member(record(http(html("first")))), member(record(http(html("last"))))
    middle = member(record(http(html("middle"))))

    def write(name: str, *parts: bytes) -> pathlib.Path:
        path = folder / name
        path.write_bytes(b"".join(parts))
        return path

    yield "whole", write("whole.warc.gz", first, middle, last)
    yield "a member without its end", write("truncated-member.warc.gz", first, middle[: len(middle) // 2], last)
    yield "a file that breaks off", write("truncated-file.warc.gz", first, middle, last[: len(last) // 2])
    flipped = bytearray(middle)
    for place in range(40, 60):
        flipped[place] ^= 0x55
    yield "damaged gzip data", write("bad-gzip.warc.gz", first, bytes(flipped), last)
    body = http(html("middle"))
    yield "`Content-Length` too small", write("short-length.warc.gz", first, member(record(body, 120)), last)
    yield "`Content-Length` too large", write("long-length.warc.gz", first, member(record(body, len(body) + 5000)), last)
    plain = [record(http(html("first"))), record(body, len(body) + 90), record(http(html("last")))]
    yield "the same, not packed", write("long-length.warc", *plain)
    yield "no `WARC-Type`", write("no-type.warc.gz", first, member(record(body, kind="")), last)
    bare = record(body).replace(f"Content-Length: {len(body)}\r\n".encode(), b"")
    yield "no `Content-Length`", write("no-length.warc.gz", first, member(bare), last)
    yield "bytes that are no record", write("noise.warc.gz", first, bytes(range(256)) * 40, last)
    # Piece by piece: a child's peak memory as the system tells it is never less than its parent's.
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(html("middle")) + b"".join(packer.compress(b"<p>boom " * 4096) for _ in range(GB // 32768)) + packer.flush()
    yield "zip bomb: an HTTP body of 1 MB that unpacks to 1 GB", write(
        "bomb.warc.gz", first, member(record(http(bomb, more="Content-Encoding: gzip\r\n"))), last
    )
    path = folder / "gigabyte.warc.gz"
    endless(html("middle"), GB, path, packed=True)
    yield "a record of 1 GB, packed", path
    path = folder / "gigabyte.warc"
    endless(html("middle"), GB, path, packed=False)
    yield "a record of 1 GB, plain", path
    latin = html("middle").replace(b"nineteen", "dix-neuf b\u00e2teaux \u00e0 l'\u00e9cluse,".encode("latin-1"))
    latin = b"<meta charset=iso-8859-1>" + latin
    yield "HTTP says utf-8, the bytes are latin-1", write("charset.warc.gz", first, member(record(http(latin))), last)
    yield "HTTP says an unknown charset", write(
        "unknown-charset.warc.gz", first, member(record(http(html("middle"), "text/html; charset=x-none"))), last
    )


def run(program: str, archive: pathlib.Path) -> dict:
    """What a run gave: titles, statuses, errors, exit code, seconds, memory."""
    with tempfile.TemporaryDirectory() as folder:
        out, summary = f"{folder}/out.jsonl", f"{folder}/summary.json"
        command = [program, "extract", archive.name, "--output", out, "--summary", summary, "--threads", "1"]
        begun = time.monotonic()
        process = subprocess.Popen(command, cwd=archive.parent, stderr=subprocess.PIPE, text=True)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        rows = [json.loads(line) for line in open(out, encoding="utf-8")]
        counts = json.loads(pathlib.Path(summary).read_text(encoding="utf-8"))["counts"]
    problems = [line.removeprefix("error: ") for line in said.splitlines() if line.startswith("error: ")]
    return {
        "rows": rows,
        "counts": counts,
        "problems": problems,
        "code": process.returncode,
        "seconds": time.monotonic() - begun,
        "megabytes": usage.ru_maxrss / 1024,
    }


def pages(rows: list[dict]) -> str:
    named = [row["title"] + ("" if row["status"] == "ok" else f" ({row['status']})") for row in rows]
    garbled = " with U+FFFD" if any("\ufffd" in row["text"] for row in rows) else ""
    return ", ".join(named) + garbled


def main() -> None:
    lines = ["| archive | pages | broken | said | exit | memory, MB |", "| --- | --- | --- | --- | --- | --- |"]
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        for name, archive in archives(pathlib.Path(folder)):
            found = run(program, archive)
            said = "; ".join(found["problems"]).replace("|", "\\|") or "-"
            line = f"| {name} | {pages(found['rows'])} | {found['counts']['broken']} | {said} | {found['code']} | {found['megabytes']:.0f} |"
            lines.append(line)
            print(line, f"{found['seconds']:.1f} s", flush=True)
            archive.unlink()
    text = DOCS.read_text(encoding="utf-8")
    head, rest = text.split("<!-- damage -->\n")
    tail = rest.split("<!-- end of damage -->")[1]
    DOCS.write_text(head + "<!-- damage -->\n" + "\n".join(lines) + "\n<!-- end of damage -->" + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
