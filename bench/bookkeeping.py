"""bench/bookkeeping.py URL: how long the pages' questions take, milliseconds; one line each: name, then five measurements."""
import http.client
import sys
import time
from urllib.parse import urlsplit

QUESTIONS = {
    "overview": "/api/v1/overview",
    "a pipeline": "/api/v1/pipelines/events",
    "files": "/api/v1/files",
    "files by size": "/api/v1/files?sort=size&dir=desc",
    "files by mtime": "/api/v1/files?sort=mtime&dir=asc",
    "files by rows": "/api/v1/files?sort=rows&dir=desc",
    "files by rejected": "/api/v1/files?sort=rejected&dir=desc",
    "files by path": "/api/v1/files?sort=path&dir=asc",
    "files by duration": "/api/v1/files?sort=durationMs&dir=desc",
    "quarantined files": "/api/v1/files?status=quarantined",
    "files with rejects": "/api/v1/files?status=loaded-with-rejects,all-rejected",
    "search, found": "/api/v1/files?q=part-0000",
    "search, not found": "/api/v1/files?q=no-such-file",
    "tabs of the files": "/api/v1/files/counts",
    "issues of rejects": "/api/v1/rejects/issues",
    "history": "/api/v1/history",
    "nodes": "/api/v1/nodes",
}
url = urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(url.hostname, url.port)
for name, path in QUESTIONS.items():
    times = []
    for _ in range(6):
        before = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            sys.exit(f"WRONG: {path} answers {response.status}: {body[:300]!r}")
        times.append(1000 * (time.perf_counter() - before))
    print(f"page: {name}, ms", *(f"{t:.1f}" for t in times[1:]), sep="|")  # the first one fills caches
