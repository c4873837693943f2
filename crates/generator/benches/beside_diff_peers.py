#!/usr/bin/env python3
"""What two other diff tools say of the pairs in tests/changes, beside this one.

    beside_diff_peers.py install      installs the peers by version below target/peers/diff
    beside_diff_peers.py table        what each says of every pair, and how often they agree
    beside_diff_peers.py differ       only the pairs where a peer says otherwise than ours, with what it names

The peers judge the wire, so ours is asked for the wire alone. A tool says "breaking", "compatible" (it saw something) or
"nothing"; what it cannot read is "fails". Needs Python 3.9, and node with npm. Tables are printed as Markdown.
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAIRS = ROOT / "tests/changes"
WORK = pathlib.Path(os.environ.get("PEERS", ROOT / "target/peers")) / "diff"
PATIENCE = 120
PEERS = {"openapi-diff": "0.24.1", "api-smart-diff": "1.0.6"}

# api-smart-diff is a library: this prints the kind and the place of every difference of every pair.
SMART = """
const { apiCompare } = require('api-smart-diff')
const yaml = require('js-yaml')
const fs = require('fs')
const read = (path) => yaml.load(fs.readFileSync(path, 'utf8'))
const found = {}
for (const pair of process.argv.slice(2)) {
  try {
    const { diffs } = apiCompare(read(pair + '/before.yaml'), read(pair + '/after.yaml'))
    found[pair] = diffs.map((diff) => [diff.type, diff.description || diff.path.join('/')])
  } catch (error) {
    found[pair] = String(error)
  }
}
console.log(JSON.stringify(found))
"""


def ours(pair):
    """What ours says, as the tests of tests/suites/changes hold it to."""
    verdict = dict(line.split(": ") for line in (pair / "verdict.txt").read_text().split("\n") if line)
    return worst([verdict["wire"].strip()], nothing=("nothing", "none")), []


def worst(kinds, nothing=()):
    if "breaking" in kinds:
        return "breaking"
    return "compatible" if any(kind not in nothing for kind in kinds) else "nothing"


def openapi_diff(pair):
    command = [WORK / "node_modules/.bin/openapi-diff", pair / "before.yaml", pair / "after.yaml"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return "fails", [f"no answer within {PATIENCE} s"]
    if "No changes found" in run.stdout:
        return "nothing", []
    start = run.stdout.find("{")
    if start < 0:
        return "fails", [(run.stderr or run.stdout).strip().splitlines()[-1]]
    report, _ = json.JSONDecoder().raw_decode(run.stdout[start:])
    named = [one["code"] for one in report.get("breakingDifferences", [])]
    return ("breaking" if named else "compatible"), named


def smart(pairs):
    (WORK / "smart.js").write_text(SMART, encoding="utf-8")
    run = subprocess.run(["node", "smart.js", *pairs], cwd=WORK, capture_output=True, text=True, check=True)
    found = {}
    for pair, diffs in json.loads(run.stdout).items():
        if isinstance(diffs, str):
            found[pair] = ("fails", [diffs])
        else:
            named = [what for kind, what in diffs if kind == "breaking"]
            found[pair] = (worst([kind for kind, _ in diffs]), named)
    return found


def judged():
    """Each pair with what every tool says of it and names."""
    pairs = sorted(path for path in PAIRS.iterdir() if path.is_dir())
    second = smart([str(pair) for pair in pairs])
    return [(pair.name, ours(pair), openapi_diff(pair), second[str(pair)]) for pair in pairs]


def table(only=False):
    rows = judged()
    print(f"| pair | lockstep | {' | '.join(f'{name} {version}' for name, version in PEERS.items())} |")
    print("| --- | --- | --- | --- |")
    for name, *said in rows:
        words = [word for word, _ in said]
        if only:
            if all((word == "breaking") == (words[0] == "breaking") for word in words):
                continue
            words = [f"{word}: {', '.join(dict.fromkeys(named[:3]))}".rstrip(": ") for word, named in said]
        print(f"| {name} | {' | '.join(words)} |")
    for index, peer in enumerate(PEERS, start=2):
        cells = {}
        for row in rows:
            key = (row[1][0] == "breaking", row[index][0] == "breaking" if row[index][0] != "fails" else "fails")
            cells[key] = cells.get(key, 0) + 1
        both = cells.get((True, True), 0) + cells.get((False, False), 0)
        print(
            f"\n{peer}: {both} of {len(rows)} alike ({cells.get((True, True), 0)} breaking, {cells.get((False, False), 0)} not), "
            f"breaking for ours alone {cells.get((True, False), 0)}, for the peer alone {cells.get((False, True), 0)}, "
            f"fails {cells.get((True, 'fails'), 0) + cells.get((False, 'fails'), 0)}"
        )


def install():
    WORK.mkdir(parents=True, exist_ok=True)
    wanted = [f"{name}@{version}" for name, version in PEERS.items()]
    subprocess.run(["npm", "install", "--prefix", WORK, *wanted], check=True)


def main():
    known = {"install": install, "table": table, "differ": lambda: table(only=True)}
    if len(sys.argv) != 2 or sys.argv[1] not in known:
        sys.exit(__doc__)
    known[sys.argv[1]]()


main()
