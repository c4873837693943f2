#!/usr/bin/env python3
"""Learning from recorded traffic, beside two tools that are packages.

    learn_beside.py install                 the two tools, into target/learn-peers
    learn_beside.py record FILE [N]         a recording of N replies (30) and four failures, as upstream differs
    learn_beside.py growth                  1,000 to 15,000 replies: time and memory of `cargo xtask learn`
    learn_beside.py beside                  all three on one recording: found, false alarms, secrets kept, time

`cargo build --release -p xtask` comes first.
"""
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PEERS = ROOT / "target/learn-peers"
LEARN = [str(ROOT / "target/release/xtask"), "learn"]
URL = "https://app.onlyfansapi.com"
SECRETS = [
    "sk_live_51SECRETKEY", "COOKIESECRET", "peter.pumpernickel@example.org", "Pumpernickel", "acct_7d3f9a",
    "SIGNEDSECRET", "1000022", "TOPSECRETBODY",
]
# What differs from the document, and a word by which a corrected document shows it: (name, property, keyword).
DEVIATIONS = [
    ("null day limits", "limit_day", "null"), ("notice", "notice", ""), ("cached_at", "cached_at", ""),
    ("_pagination null", "_pagination", "null"), ("giphyId of two kinds", "giphyId", "kinds"),
    ("a duration of 9.99", "duration", "number"), ("an unknown field", "isPinned", ""),
    ("viewedCount null once", "viewedCount", "null"), ("previews of objects", "previews", "object"),
    ("a map by date", "statsByDay", "map"), ("a map by id", "recipients", "map"),
]


def message(n):
    file = {"url": "https://cdn.example/a.jpg?Signature=SIGNEDSECRET", "width": 3, "height": 4, "size": 0}
    video = {"240": None, "720": None}
    if n % 4 == 1:
        video["1080"] = "https://cdn.example/v.mp4"
    made = {
        "id": 9007199254740993 + n, "date": f"2026-11-{1 + n % 27:02}T01:01:01+01:01", "responseType": "message",
        "text": "<p>Pumpernickel says TOPSECRETBODY</p>", "rawText": "Pumpernickel",
        "giphyId": [None, {"id": "abc"}, 12][n % 3], "isFree": True, "isMediaReady": True, "mediaCount": 1,
        "media": [{
            "id": 5, "type": "photo", "convertedToVideo": False, "canView": True, "hasError": False,
            "createdAt": "2026-11-01T01:01:01+01:01", "isReady": True,
            "files": {"full": {**file, "sources": []}, "thumb": file, "preview": file, "squarePreview": file},
            "duration": 9.99 if n == 5 else 3, "hasCustomPreview": False, "videoSources": video,
        }],
        "previews": [{"id": n, "kind": "still"}] if n % 2 else [], "isTip": False, "isReportedByMe": False,
        "viewedCount": None if n == 17 else n, "sentCount": n, "isCanceled": False,
        "template": "carousel" if n == 40 else "group", "canUnsend": True, "unsendSeconds": 1000000,
        "statsByDay": {f"2026-10-{1 + n % 27:02}": {"views": n}},
        "recipients": {str(1000022 + n * 1000000): {"name": "Pumpernickel", "email": "peter.pumpernickel@example.org"}},
    }
    if n % 3 == 0:
        made["isPinned"] = True
    return made


def body(n, last=False):
    made = {"data": {"hasMore": n % 7 != 6, "items": [message(2 * n), message(2 * n + 1)]}}
    if last:
        made["data"]["items"][0]["theLastOne"] = True
    if n % 5 == 0:
        made["_pagination"] = None
    elif n % 5 < 4:
        made["_pagination"] = {"next_page": None if n % 5 == 1 else f"{URL}/api/acct_7d3f9a/x?offset=10"}
    if n % 10 != 9:
        made["_meta"] = {
            "_credits": {"used": 1, "balance": 4000 - n, "note": "Always"},
            "_cache": {"is_cached": n % 2 == 0, "cached_at": None if n % 2 else "2026-11-02T03:04:05+00:00", "note": "x"},
            "_rate_limits": {"limit_minute": 1000, "limit_day": None, "remaining_minute": 990, "remaining_day": None,
                             "notice": "Daily limits were removed."},
        }
    return made


def entry(n, status, made):
    text = json.dumps(made, separators=(",", ":"))
    return {
        "startedDateTime": f"2026-11-{1 + n % 20:02}T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.000Z", "time": 1,
        "request": {
            "method": "GET", "url": f"{URL}/api/acct_7d3f9a{n % 3}/mass-messaging/overview?limit=10", "httpVersion": "HTTP/1.1",
            "headers": [{"name": "Authorization", "value": "Bearer sk_live_51SECRETKEY"}], "headersSize": -1, "bodySize": 0,
            "cookies": [{"name": "session", "value": "COOKIESECRET"}], "queryString": [{"name": "limit", "value": "10"}],
        },
        "response": {
            "status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "redirectURL": "",
            "headers": [{"name": "Set-Cookie", "value": "session=COOKIESECRET"}, {"name": "Content-Type", "value": "application/json"}],
            "headersSize": -1, "bodySize": len(text),
            "content": {"size": len(text), "mimeType": "application/json", "text": text},
        },
        "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0},
    }


def record(path, count, failures=True):
    with open(path, "w") as out:
        out.write('{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[')
        for n in range(count):
            out.write(("," if n else "") + json.dumps(entry(n, 200, body(n, count > 100 and n == count - 1))) + "\n")
        if failures:
            for n, (status, made) in enumerate([
                (401, {"error": "Unauthorized. Pumpernickel"}), (404, {"message": "gone", "code": "account_not_found"}),
                (422, {"message": "Invalid", "errors": {"endDate": ["Pumpernickel"]}}), (429, {"message": "Too many"}),
            ]):
                out.write("," + json.dumps(entry(100000 + n, status, made)) + "\n")
        out.write("]}}")


def measured(command, cwd=None):
    """Output, seconds and peak memory in MB of one process."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd)
    output = child.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return output, time.monotonic() - start, usage.ru_maxrss / 1024, child.returncode


def growth():
    print("| replies | MB | time | memory | the last one's new field |\n| --- | --- | --- | --- | --- |")
    for count in (1000, 3750, 7500, 15000):
        path = ROOT / "target/growth.har"
        record(path, count)
        output, seconds, memory, code = measured(LEARN + [str(path), "--overlay", str(ROOT / "target/none.yaml")], ROOT)
        found = "found" if "theLastOne" in output else f"not found (exit {code})"
        print(f"| {count:,} | {path.stat().st_size / 1e6:.0f} | {seconds:.2f} s | {memory:.0f} MB | {found} |")
        path.unlink()


def install():
    PEERS.mkdir(parents=True, exist_ok=True)
    subprocess.run(["npm", "install", "--prefix", str(PEERS), "har-to-openapi@3.0.1"], check=True)
    subprocess.run([sys.executable, "-m", "venv", str(PEERS / "venv")], check=True)
    subprocess.run([str(PEERS / "venv/bin/pip"), "install", "-q", "mitmproxy2swagger==0.15.0"], check=True)


def verdict(name, text, seconds, memory):
    kept = [secret for secret in SECRETS if secret in text]
    print(f"\n== {name}: {seconds:.2f} s, {memory:.0f} MB, {len(text):,} bytes; secrets kept: {len(kept)} of {len(SECRETS)} {kept}")
    print("   " + "; ".join(f"{what}: {'named' if word in text else 'absent'}" for what, word, _ in DEVIATIONS))


def beside():
    folder = ROOT / "target/learn-beside"
    folder.mkdir(parents=True, exist_ok=True)
    har = folder / "a.har"
    record(har, 30)
    for name in ("overlay.yaml", "js.yaml", "py.yaml"):
        (folder / name).unlink(missing_ok=True)
    output, seconds, memory, _ = measured(LEARN + [str(har), "--write", "--overlay", str(folder / "overlay.yaml")], ROOT)
    verdict("lockstep", output + (folder / "overlay.yaml").read_text(), seconds, memory)
    script = folder / "run.cjs"
    script.write_text(
        "const fs=require('fs');const{generateSpec}=require(process.argv[2]+'/node_modules/har-to-openapi');"
        "generateSpec(JSON.parse(fs.readFileSync(process.argv[3])),{}).then(r=>fs.writeFileSync(process.argv[4],r.yamlSpec))")
    output, seconds, memory, _ = measured(["node", str(script), str(PEERS), str(har), str(folder / "js.yaml")])
    made = folder / "js.yaml"
    verdict("har-to-openapi 3.0.1", output + (made.read_text() if made.exists() else ""), seconds, memory)
    command = [str(PEERS / "venv/bin/mitmproxy2swagger"), "-i", str(har), "-o", str(folder / "py.yaml"), "-p", URL, "-f", "har", "-e"]
    first, one, _, _ = measured(command)
    made = folder / "py.yaml"
    if made.exists():  # The second run takes the paths that a person has let in.
        made.write_text(made.read_text().replace("- ignore:", "- "))
    second, two, memory, _ = measured(command)
    verdict("mitmproxy2swagger 0.15.0", first + second + (made.read_text() if made.exists() else ""), one + two, memory)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["install"]:
            install()
        case ["record", path, *count]:
            record(path, int(count[0]) if count else 30)
        case ["growth"]:
            growth()
        case ["beside"]:
            beside()
        case _:
            print(__doc__)
