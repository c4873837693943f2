#!/usr/bin/env python3
"""Looks at the page of `cargo xtask diff --html` in a headless browser.

    cargo build -p xtask && tests/browser/diff_page.py [SCREENSHOT.png]

Makes two documents of many operations up, whose texts are as hostile as texts can be, has the page written, and checks in
Chromium that it asks nobody for anything, that every choice of class and resource hides what was not chosen, that before
and after stand side by side, and that no text is more than text. It ends with 1 and a list if anything is wrong.

Needs Python 3.9, and `chromium` and `chromedriver` on the PATH (Debian: chromium, chromium-driver). It is no part of
`.ci/run`.
"""

import base64
import copy
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
XTASK = TARGET / "debug/xtask"
RESOURCES = ["Pets", "Owners", "Orders", "Stores & <b>Places</b>", "Reports", "\u202eevil\u202c \" ' onmouseover=pwned=1"]
HOSTILE = [
    "</pre></h2><script>window.pwned = 1; alert(1)</script>",
    "<img src=x onerror=\"window.pwned=2\">",
    "\" onmouseover=\"window.pwned=3",
    "\u202etxet eht nrut\u202c \u0000 \u001b[31m",
    "\u05e9\u05dc\u05d5\u05dd <style>body { display: none }</style>",
    "<a href=javascript:pwned=4>&amp;&lt;",
]
CLASSES = ["breaking", "addition", "fix", "docs", "none"]


def operation(number, tag):
    return {
        "operationId": f"operation{number}",
        "tags": [tag],
        "description": f"Does the {number}th thing.",
        "parameters": [
            {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["a", "b"]}},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
        ],
        "responses": {
            "200": {
                "description": "Done",
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
                    }
                },
            }
        },
    }


def documents():
    """A document before and after: every operation is changed in one of many ways."""
    paths = {f"/things{n}": {"get": operation(n, RESOURCES[n % len(RESOURCES)])} for n in range(60)}
    old = {
        "openapi": "3.0.3",
        "info": {"title": "Page", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": paths,
    }
    new = copy.deepcopy(old)
    for n, (path, item) in enumerate(list(new["paths"].items())):
        get, text = item["get"], HOSTILE[n % len(HOSTILE)]
        fields = get["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
        kind = n % 8
        if kind == 0:
            get["parameters"][0]["schema"]["enum"].append(text)
        elif kind == 1:
            fields[text] = {"type": "string"}
        elif kind == 2:
            del fields["name"]
        elif kind == 3:
            get["description"] = text
        elif kind == 4:
            get["parameters"][1]["schema"]["default"] = n
        elif kind == 5:
            get["responses"]["404"] = {"description": text}
        elif kind == 6:
            del new["paths"][path]
        else:
            get["operationId"] = f"renamed{n}"
    new["paths"]["/" + HOSTILE[0].replace("/", "") + "{x}"] = {
        "post": operation(99, "Pets") | {"parameters": [{"name": "x", "in": "path", "required": True, "schema": {"type": "string"}}]}
    }
    return old, new


def page(folder):
    for name, document in zip(("old.json", "new.json"), documents()):
        (folder / name).write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    out = folder / "page.html"
    command = [XTASK, "diff", folder / "old.json", folder / "new.json", "--html", out]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr or run.stdout)
    return out


class Browser:
    """As much of WebDriver as it takes."""

    def __init__(self):
        driver, self.binary = shutil.which("chromedriver"), shutil.which("chromium")
        if not driver or not self.binary:
            sys.exit("chromium and chromedriver have to be on the PATH")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(300):
            try:
                self.ask("GET", "/status")
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        options = {"binary": self.binary, "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1600"]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}}
        session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.url += f"/session/{session['sessionId']}"
        return self

    def __exit__(self, *_):
        try:
            self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()

    def ask(self, method, path, body=None):
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as reply:
            return json.loads(reply.read())["value"]

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def log(self, kind):
        return self.ask("POST", "/se/log", {"type": kind})


SHOWN = "return [...document.querySelectorAll('article')].filter(a => a.getClientRects().length).map(a => a.className)"
CHOICES = """return [...document.querySelectorAll('input')].map(one => {
    const label = one.labels[0]; return [one.name, one.id, Number(/\\((\\d+)\\)$/.exec(label.innerText.trim())[1])] })"""


def check(browser, address, wrong):
    browser.ask("POST", "/url", {"url": address})
    expect = lambda holds, told: None if holds else wrong.append(told)

    everything = browser.run(SHOWN)
    expect(len(everything) > 30, f"only {len(everything)} changes are shown")
    choices = browser.run(CHOICES)
    expect({group for group, *_ in choices} == {"class", "resource"}, f"the choices are {choices}")
    for group, choice, count in choices:
        browser.run("for (const id of ['class-all', 'resource-all']) document.getElementById(id).labels[0].click()")
        browser.run("document.getElementById(arguments[0]).labels[0].click()", choice)
        shown = browser.run(SHOWN)
        wanted = [names for names in everything if choice.endswith("-all") or choice in names.split()]
        expect(shown == wanted and len(shown) == count, f"{group} {choice} shows {len(shown)} of {count}")
    classes = [choice for group, choice, _ in choices if group == "class" and not choice.endswith("-all")]
    resources = [choice for group, choice, _ in choices if group == "resource" and not choice.endswith("-all")]
    expect(len(classes) >= 4 and len(resources) >= 6, f"too few choices: {classes}, {resources}")
    for one in classes:
        for other in resources:
            browser.run("for (const id of arguments) document.getElementById(id).labels[0].click()", one, other)
            shown = browser.run(SHOWN)
            wanted = [names for names in everything if one in names.split() and other in names.split()]
            expect(shown == wanted, f"{one} and {other} together show {len(shown)} and not {len(wanted)}")
    browser.run("for (const id of ['class-all', 'resource-all']) document.getElementById(id).labels[0].click()")

    sides = """return [...document.querySelectorAll('.sides')].map(sides => [...sides.querySelectorAll('figure')].map(figure => {
        const box = figure.getBoundingClientRect(); return [box.x, box.y, box.width, figure.innerText.trim().length] }))"""
    pairs = browser.run(sides)
    beside = [pair for pair in pairs if len(pair) == 2 and pair[0][0] + pair[0][2] <= pair[1][0] and pair[0][1] == pair[1][1]]
    expect(pairs and len(beside) == len(pairs), f"{len(beside)} of {len(pairs)} places stand side by side")
    expect(all(side[3] and side[2] > 200 for pair in pairs for side in pair), "a side is empty or narrow")
    browser.ask("POST", "/window/rect", {"width": 500, "height": 1200})
    narrow = browser.run(sides)
    expect(all(pair[0][1] < pair[1][1] for pair in narrow), "in a narrow window the sides do not stand below each other")
    wide = browser.run("return [document.documentElement.scrollWidth, window.innerWidth]")
    expect(wide[0] <= wide[1], f"a narrow window has to be scrolled sideways: {wide}")
    browser.ask("POST", "/window/rect", {"width": 1280, "height": 1600})

    foreign = browser.run("return [...document.querySelectorAll('script, img, iframe, a, object, link, b b')].map(e => e.outerHTML)")
    expect(not foreign, f"elements came from texts: {foreign[:3]}")
    expect(browser.run("return typeof window.pwned") == "undefined", "a text was run")
    handlers = browser.run("return [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).map(a => a.name).filter(n => n.startsWith('on'))")
    expect(not handlers, f"attributes came from texts: {handlers}")
    text = browser.run("return document.body.innerText")
    expect("<script>window.pwned = 1" in text, "the hostile text is not shown as text")
    turned = [character for character in text if character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u0000\u001b"]
    expect(not turned, f"characters that turn or hide text are on the page: {turned[:5]}")
    loaded(browser, address, expect)


def loaded(browser, address, expect):
    """Nothing was asked for but the page, and the browser had nothing to complain of."""
    asked = []
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    others = [url for url in asked if url != address]
    expect(asked.count(address) == 1 and not others, f"asked for {others or asked}")
    complaints = [entry["message"] for entry in browser.log("browser")]
    expect(not complaints, f"the browser complains: {complaints[:3]}")


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        out = page(pathlib.Path(folder))
        check(browser, out.as_uri(), wrong)
        if len(sys.argv) > 1:
            picture = browser.ask("GET", "/screenshot")
            pathlib.Path(sys.argv[1]).write_bytes(base64.b64decode(picture))
    if wrong:
        sys.exit("\n".join(wrong))
    print("the page loads nothing, hides what was not chosen, shows both sides, and runs nothing")


main()
