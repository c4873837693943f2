#!/usr/bin/env python3
"""Whole processes of this generator and of others, side by side in one run.

    beside_peers.py install                  builds xtask, and installs the peers by version below target/peers
    beside_peers.py generate DOCUMENT...     wall and CPU seconds, peak memory and lines of what is generated
    beside_peers.py growth DOCUMENT          the same for a document of 1, 2, 4 and 8 times the size
    beside_peers.py check DOCUMENT...        `cargo check` of what was generated, with its dependencies built before
    beside_peers.py cold DOCUMENT            `cargo check` from nothing, dependencies and all
    beside_peers.py progenitor FOLDER        progenitor with documents as published, and as we normalise them

Needs Linux, Python 3.9 and cargo. Tools take turns, so that whatever else the machine does hits all of them alike; of
several turns the cheapest counts. Every table is printed as Markdown. Times are wall and CPU (user and system).
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORK = pathlib.Path(os.environ.get("PEERS", ROOT / "target/peers"))
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
XTASK = TARGET / "release/xtask"
PEERS = {"oas3-gen": "0.29.0", "ploidy": "0.15.0", "openapi-to-rust": "0.23.0"}
TURNS = 5
# In memory where that is possible: for a minute after files were removed, ext4 takes several times as long to make new ones,
# and a tool that makes many would be measured by what was removed before.
MEMORY = pathlib.Path("/dev/shm")
RUN = (MEMORY if MEMORY.is_dir() else WORK / "out") / f"beside-peers-{os.getpid()}"

# What a crate around oas3-gen's modules needs; the other two say so themselves.
OAS3_GEN = """
anyhow = "1"
chrono = { version = "0.4", features = ["serde"] }
http = "1"
oas3-gen-support = "*"
regex = "1"
reqwest = { version = "0.13", features = ["json", "query", "multipart", "stream", "form"] }
secrecy = "0.10"
serde = { version = "1", features = ["derive"] }
serde_html_form = "0.2"
serde_json = "1"
serde_with = "3"
serde_plain = "1"
uuid = { version = "1", features = ["serde"] }
validator = { version = "0.20", features = ["derive"] }
"""


def measured(command, cwd=None, env=None):
    """CPU seconds, wall seconds, peak MB of the largest process, and whether it went well."""
    start = time.monotonic()
    with open(WORK / "last.log", "w", encoding="utf-8") as log:
        child = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, env=env, stdout=log, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.monotonic() - start,
        "mb": usage.ru_maxrss / 1024,
        "ok": child.returncode == 0,
    }


def commands(document, out):
    """How each tool is called for one document, and where it writes."""
    bin_ = WORK / "bin"
    return {
        "lockstep": ([XTASK, "generate", "--spec", document, "--name", "measured", "--out", out / "lockstep"], out / "lockstep"),
        "oas3-gen": ([bin_ / "oas3-gen", "generate", "client-mod", "-i", document, "-o", out / "oas3-gen/src"], out / "oas3-gen"),
        "ploidy": ([bin_ / "ploidy", "generate", "rust", document, "-o", out / "ploidy", "--name", "measured"], out / "ploidy"),
        "openapi-to-rust": ([bin_ / "openapi-to-rust", "generate", document, "--output-dir", out / "openapi-to-rust/src", "--quiet"], out / "openapi-to-rust"),
    }


def lines_of(folder):
    return sum(len(path.read_bytes().splitlines()) for path in folder.rglob("*.rs"))


def generated(document, turns=TURNS):
    """The best of some turns of every tool on one document, each in a folder of its own."""
    best = {}
    for number in range(turns):
        out = written(document, number)
        for tool, (command, folder) in commands(pathlib.Path(document).resolve(), out).items():
            folder.mkdir(parents=True)
            turn = measured(command, cwd=ROOT)
            turn["lines"] = lines_of(folder)
            if tool not in best or turn["wall"] < best[tool]["wall"]:
                best[tool] = turn
    return best


def written(document, turn=0):
    """Where a turn writes. The folder is new with every run of this script, and goes at its end."""
    return RUN / pathlib.Path(document).stem / str(turn)


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def table(*heads):
    row(*heads)
    row(*("---" for _ in heads))


def told(turn, *keys):
    if not turn["ok"]:
        return "fails"
    forms = {"cpu": "{:.2f} s CPU", "wall": "{:.2f} s", "mb": "{:.0f} MB", "lines": "{:,} lines"}
    return ", ".join(forms[key].format(turn[key]) for key in keys)


def generate(documents):
    table("document", "MB", "lockstep", *PEERS, "best peer : lockstep (wall, CPU, memory)")
    for document in documents:
        best = generated(document)
        ratios = []
        for key in ("wall", "cpu", "mb"):
            peers = [best[peer][key] for peer in PEERS if best[peer]["ok"]]
            ratios.append(f"{min(peers) / best['lockstep'][key]:.1f}" if peers else "-")
        size = os.path.getsize(document) / 1e6
        cells = (told(best[tool], "wall", "cpu", "mb", "lines") for tool in ("lockstep", *PEERS))
        row(pathlib.Path(document).name, f"{size:.1f}", *cells, " : ".join(ratios))


def multiplied(document, times):
    """A document of some times the size: paths, operationIds and names of components get a number."""
    if document.suffix == ".json":
        whole = json.loads(document.read_text(encoding="utf-8"))
    else:
        import yaml  # Only for documents in YAML: pip install pyyaml

        whole = yaml.load(document.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    paths, components = {}, {}

    def again(node, number):
        if isinstance(node, list):
            return [again(item, number) for item in node]
        if not isinstance(node, dict):
            return node
        node = {key: again(value, number) for key, value in node.items()}
        if isinstance(node.get("$ref"), str):
            node["$ref"] = re.sub(r"^(#/components/schemas/[^/]+)", rf"\1Copy{number}", node["$ref"])
        if isinstance(node.get("operationId"), str):
            node["operationId"] += f"Copy{number}"
        return node

    schemas = whole.get("components", {}).get("schemas", {})
    for number in range(times):
        copy = again({"paths": whole["paths"], "schemas": schemas}, number)
        paths.update({f"/copy{number}{path}": item for path, item in copy["paths"].items()})
        components.update({f"{name}Copy{number}": schema for name, schema in copy["schemas"].items()})
    whole["paths"] = paths
    if components:
        whole["components"]["schemas"] = components
    path = WORK / f"{document.stem}-{times}.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def growth(document):
    table("size", "MB", "lockstep", *PEERS)
    for times in (1, 2, 4, 8):
        path = multiplied(pathlib.Path(document), times)
        best = generated(path, turns=3)
        cells = (told(best[tool], "wall", "cpu", "mb") for tool in ("lockstep", *PEERS))
        row(f"{times}×", f"{path.stat().st_size / 1e6:.1f}", *cells)


def package(tool, folder):
    """Makes a crate of what was generated, where the tool does not."""
    if tool == "lockstep":
        return
    manifest = folder / "Cargo.toml"
    head = '[package]\nname = "measured"\nversion = "0.1.0"\nedition = "2024"\n'
    if tool == "oas3-gen":
        manifest.write_text(head + "\n[dependencies]" + OAS3_GEN, encoding="utf-8")
    if tool == "openapi-to-rust":
        needed = (folder / "src/REQUIRED_DEPS.toml").read_text(encoding="utf-8")
        manifest.write_text(head + needed, encoding="utf-8")
    if tool != "ploidy":
        (folder / "src/mod.rs").replace(folder / "src/lib.rs")
    manifest.write_text(manifest.read_text(encoding="utf-8") + "\n[workspace]\n", encoding="utf-8")


def cargo_env(target):
    return {**os.environ, "CARGO_TARGET_DIR": str(target), "CARGO_INCREMENTAL": "0", "RUSTFLAGS": "-Awarnings"}


def checked(tool, folder, cold=False):
    """`cargo check` of a generated crate. Unless it is to be cold, a first one builds the dependencies."""
    target = WORK / "check" / tool
    env = cargo_env(target)
    if cold:
        subprocess.run(["cargo", "fetch"], cwd=folder, env=env, capture_output=True, check=False)
        shutil.rmtree(target, ignore_errors=True)
        return measured(["cargo", "check", "--offline"], cwd=folder, env=env)
    measured(["cargo", "check"], cwd=folder, env=env)
    best = None
    for _ in range(3):
        subprocess.run(["cargo", "clean", "-p", "measured"], cwd=folder, env=env, capture_output=True, check=False)
        turn = measured(["cargo", "check", "--offline"], cwd=folder, env=env)
        if best is None or turn["cpu"] < best["cpu"]:
            best = turn
    return best


def check(documents, cold=False):
    table("document", "", "lines", "CPU", "wall", "peak memory", "against lockstep (lines, CPU)")
    for document in documents:
        best = generated(document, turns=1)
        out = written(document)
        ours = None
        for tool, (_, folder) in commands(document, out).items():
            if not best[tool]["ok"]:
                row(pathlib.Path(document).name, tool, "", "does not generate", "", "", "")
                continue
            package(tool, folder)
            turn = checked(tool, folder, cold)
            lines = best[tool]["lines"]
            if not turn["ok"]:
                shutil.copy(WORK / "last.log", WORK / f"{tool}.log")
                row(pathlib.Path(document).name, tool, f"{lines:,}", "does not compile", "", "", "")
                continue
            ours = ours or (lines, turn["cpu"])
            ratios = f"{lines / ours[0]:.1f}, {turn['cpu'] / ours[1]:.1f}"
            cells = (told(turn, key) for key in ("cpu", "wall", "mb"))
            row(pathlib.Path(document).name, tool, f"{lines:,}", *cells, ratios)


def progenitor(folder):
    documents = [p for p in sorted(pathlib.Path(folder).rglob("*")) if p.suffix in (".json", ".yaml", ".yml")]
    counts = {}
    table("document", "as published", "normalised", "operations")
    for document in documents:
        cells, found = [], None
        for engine in ("progenitor-as-published", "progenitor"):
            out = WORK / "out/engine" / engine / document.stem
            shutil.rmtree(out, ignore_errors=True)
            command = [XTASK, "generate", "--engine", engine, "--spec", document.resolve(), "--name", "measured", "--out", out]
            went = measured(command, cwd=ROOT)
            log = (WORK / "last.log").read_text(encoding="utf-8")
            if not went["ok"]:
                cells.append("refused")
            else:
                (out / "Cargo.toml").write_text((out / "Cargo.toml").read_text() + "\n[workspace]\n")
                good = measured(["cargo", "check"], cwd=out, env=cargo_env(WORK / "check/engine"))["ok"]
                cells.append("compiles" if good else "does not compile")
                found = re.search(r"(\d+) operations?", log)
            counts[engine, cells[-1]] = counts.get((engine, cells[-1]), 0) + 1
        row(document.name, *cells, found.group(1) if found else "-")
    for (engine, word), count in sorted(counts.items()):
        print(f"{engine}: {word} {count} of {len(documents)}")


def install(_):
    subprocess.run(["cargo", "build", "--release", "-p", "xtask", "--features", "progenitor"], cwd=ROOT, check=True)
    for peer, version in PEERS.items():
        command = ["cargo", "install", "--root", str(WORK), "--version", version, peer]
        subprocess.run(command, env={**os.environ, "CARGO_TARGET_DIR": str(WORK / "target")}, check=True)


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    known = {
        "install": install,
        "generate": generate,
        "growth": lambda given: growth(*given),
        "check": check,
        "cold": lambda given: check(given, cold=True),
        "progenitor": lambda given: progenitor(*given),
    }
    if len(sys.argv) < 2 or sys.argv[1] not in known:
        sys.exit(__doc__)
    try:
        known[sys.argv[1]](sys.argv[2:])
    finally:
        shutil.rmtree(RUN, ignore_errors=True)


main()
