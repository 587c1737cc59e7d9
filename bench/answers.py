"""bench/answers.py URL: how long the monitor's answers take, over one connection, one after the other; percentiles over 100 of
each kind, or as many as 5 s allow."""
import http.client
import json
import sys
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode, urlsplit

REPEATS, SECONDS, LEAST = 100, 5, 10
url = urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(url.hostname, url.port)


def get(path):
    before = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        sys.exit(f"WRONG: {path} answers {response.status}: {body[:300]!r}")
    return 1000 * (time.perf_counter() - before), body


def measure(name, path):
    get(path)  # the first one fills caches
    times, size = [], 0
    while len(times) < LEAST or len(times) < REPEATS and sum(times) < 1000 * SECONDS:
        elapsed, body = get(path)
        times.append(elapsed)
        size = len(body)
    times.sort()
    print(f"{name:28} p50 {times[len(times) // 2]:7.1f} ms   p95 {times[len(times) * 95 // 100]:7.1f} ms   "
          f"worst {times[-1]:7.1f} ms   {size / 1024:6.1f} KiB   n={len(times)}", flush=True)


now = datetime.now(timezone.utc)
ago = lambda **span: (now - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")
measure("overview", "/api/v1/overview")
measure("pipelines", "/api/v1/pipelines")
measure("pipeline", "/api/v1/pipelines/events")
measure("progress, last 20", "/api/v1/pipelines/events/progress?last=20")
for name, span in (("1 hour", {"hours": 1}), ("1 day", {"days": 1}), ("30 days", {"days": 30})):
    measure(f"series, {name}", "/api/v1/series?" + urlencode({"from": ago(**span)}))
two_weeks = {"aFrom": ago(days=14), "aTo": ago(days=7), "bFrom": ago(days=7), "bTo": ago(seconds=0)}
measure("compare two weeks", "/api/v1/history/compare?" + urlencode(two_weeks))
measure("files", "/api/v1/files")
for sort in ("path", "size", "mtime", "finishedAt", "discoveredAt", "rows", "rejected", "durationMs"):
    measure(f"files by {sort}", f"/api/v1/files?sort={sort}&dir=desc")
    measure(f"files by {sort}, one pipeline", f"/api/v1/files?sort={sort}&dir=desc&pipeline=events")
for status in ("loaded", "ready", "quarantined"):
    measure(f"files {status}", f"/api/v1/files?status={status}")
measure("files, counts of the tabs", "/api/v1/files/counts")
measure("files, counts, one pipeline", "/api/v1/files/counts?pipeline=events")
measure("files with rejects", "/api/v1/files?status=loaded-with-rejects,all-rejected")
measure("files of a node, loading", "/api/v1/files?node=silo-1&status=loading")
measure("files of a node", "/api/v1/files?node=silo-1&sort=finishedAt")
measure("files, search", "/api/v1/files?q=part-0999")
measure("files, search for nothing", "/api/v1/files?q=no-such-file")
page = json.loads(get("/api/v1/files?limit=100")[1])
for _ in range(50):
    page = json.loads(get("/api/v1/files?" + urlencode({"limit": 100, "after": page["next"]}))[1])
measure("files, page 51 of 100", "/api/v1/files?" + urlencode({"limit": 100, "after": page["next"]}))
measure("one file", f"/api/v1/files/{page['items'][0]['id']}")
measure("rejects", "/api/v1/rejects")
measure("rejects as issues", "/api/v1/rejects/issues")
measure("rejects, summary of a day", "/api/v1/rejects/summary?" + urlencode({"from": ago(days=1)}))
measure("nodes", "/api/v1/nodes")
measure("node", "/api/v1/nodes/silo-1")
measure("configuration", "/api/v1/configuration")
measure("history", "/api/v1/history")
measure("alerts", "/api/v1/alerts?state=all")
measure("metrics", "/metrics")
