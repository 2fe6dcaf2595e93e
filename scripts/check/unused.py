#!/usr/bin/env python3
"""Dependencies that a crate declares and its sources never name.

A dependency that is wanted without being named (for a feature of another one) is listed in the crate's manifest:

    [package.metadata.unused]
    ignored = ["name"]
"""

import json
import re
import subprocess
import sys
from pathlib import Path

# The folders in which a dependency of each kind may be named.
FOLDERS = {
    None: ["src"],
    "build": ["build.rs", "build"],
    "dev": ["src", "tests", "benches", "examples"],
}


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--no-deps"]
    packages = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["packages"]
    problems = [problem for package in packages for problem in check(package)]
    for problem in problems:
        print(problem)
    print(f"{len(packages)} crates: {len(problems)} unused dependencies")
    return 1 if problems else 0


def check(package):
    manifest = Path(package["manifest_path"])
    ignored = ((package["metadata"] or {}).get("unused") or {}).get("ignored", [])
    text = {kind: read_sources(manifest.parent, folders) for kind, folders in FOLDERS.items()}
    problems = []
    for dependency in package["dependencies"]:
        name = dependency["rename"] or dependency["name"]
        identifier = name.replace("-", "_")
        if name in ignored or re.search(rf"\b{identifier}\b", text[dependency["kind"]]):
            continue
        table = "dependencies" if dependency["kind"] is None else f"{dependency['kind']}-dependencies"
        problems.append(f"{manifest}: `{name}` in [{table}] is never named\nhint: take the line out")
    return problems


def read_sources(root, folders):
    """The Rust sources below these folders without their comments, in which a name proves nothing."""
    places = [root / folder for folder in folders]
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*.rs")))]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
