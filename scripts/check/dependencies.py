#!/usr/bin/env python3
"""Licences, sources and doubles of every crate in Cargo.lock, on every platform.

A program for this (cargo-deny) would take minutes to build on a new machine; this reads `cargo metadata` in one
second and needs Python's standard library only.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"

# What may be linked into a program under Apache-2.0 and handed on in binary form.
LICENCES = {
    "0BSD": "permissive, no condition",
    "Apache-2.0": "the project's own",
    "Apache-2.0 WITH LLVM-exception": "Apache-2.0 with fewer conditions",
    "BSD-2-Clause": "permissive, the notice is kept",
    "BSD-3-Clause": "permissive, the notice is kept",
    "BSL-1.0": "permissive, no notice in binaries",
    "CC0-1.0": "public domain",
    "CDLA-Permissive-2.0": "permissive licence for data: the root certificates",
    "ISC": "permissive, the notice is kept",
    "MIT": "permissive, the notice is kept",
    "MIT-0": "permissive, no condition",
    "MPL-2.0": "copyleft by file: unchanged files of others may be linked",
    "Unicode-3.0": "permissive licence for data: the Unicode tables",
    "Unlicense": "public domain",
    "Zlib": "permissive, no notice in binaries",
}

# Crates whose types pass between ours and others': two versions would not fit together, and each of the first
# five takes minutes to build a second time.
SINGLE = [
    r"arrow(-.*)?",
    r"datafusion(-.*)?",
    r"deltalake(-.*)?",
    r"object_store",
    r"parquet",
    r"bytes",
    r"chrono",
    r"http",
    r"rustls",
    r"serde",
    r"serde_json",
    r"sqlx(-.*)?",
    r"tokio",
    r"url",
]


def main():
    packages = load_packages()
    problems = check_licences(packages) + check_sources(packages) + check_single(packages)
    for problem in problems:
        print(problem)
    print(f"{len(packages)} crates: licences, sources and doubles checked, {len(problems)} problems")
    return 1 if problems else 0


def load_packages():
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    done = subprocess.run(command, stdout=subprocess.PIPE)
    if done.returncode != 0:
        # Cargo has said why, above.
        sys.exit("dependencies: cargo metadata failed\nhint: where Cargo.lock is behind, run `cargo build` and commit it")
    return json.loads(done.stdout)["packages"]


def check_licences(packages):
    problems = []
    for package in packages:
        name = f"{package['name']} {package['version']}"
        expression = package["license"]
        if expression is None:
            problems.append(f"{name} states no licence\nhint: leave it out, or read its licence file first")
        elif not allowed(expression):
            problems.append(f"{name} is under {expression}\nhint: allowed licences are listed in {__file__}")
    return problems


def allowed(expression):
    """Whether an SPDX expression can be met by allowed licences; `/` is the old way to write OR."""
    tokens = re.findall(r"\(|\)|[^\s()/]+|/", expression)
    position = 0

    def choice():
        nonlocal position
        result = both()
        while position < len(tokens) and tokens[position] in ("OR", "/"):
            position += 1
            result = both() or result
        return result

    def both():
        nonlocal position
        result = licence()
        while position < len(tokens) and tokens[position] == "AND":
            position += 1
            result = licence() and result
        return result

    def licence():
        nonlocal position
        if tokens[position] == "(":
            position += 1
            result = choice()
            position += 1
            return result
        name = tokens[position]
        position += 1
        if position < len(tokens) and tokens[position] == "WITH":
            name = f"{name} WITH {tokens[position + 1]}"
            position += 2
        return name in LICENCES

    return choice()


def check_sources(packages):
    """Everything comes from crates.io, where a version cannot change, or from this repository."""
    problems = []
    for package in packages:
        if package["source"] is None and "/crates/" not in package["manifest_path"]:
            problems.append(f"{package['name']} is taken from {package['manifest_path']}\nhint: only crates/ is ours")
        elif package["source"] not in (None, REGISTRY):
            problems.append(f"{package['name']} comes from {package['source']}\nhint: take a released version")
    return problems


def check_single(packages):
    versions = defaultdict(set)
    for package in packages:
        versions[package["name"]].add(package["version"])
    families = re.compile("|".join(f"(?:{pattern})" for pattern in SINGLE))
    return [
        f"{name} is in the tree {len(found)} times: {', '.join(sorted(found))}\nhint: cargo tree --invert {name}@VERSION"
        for name, found in sorted(versions.items())
        if len(found) > 1 and families.fullmatch(name)
    ]


if __name__ == "__main__":
    sys.exit(main())
