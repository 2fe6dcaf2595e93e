#!/usr/bin/env python3
"""Prints the library crates whose documentation holds Rust examples, one a line.

`cargo test --doc` starts a compiler for every library, also for those without an example.
"""

import json
import re
import subprocess
from pathlib import Path

NOT_RUST = {"text", "sql", "json", "toml", "yaml", "sh", "bash", "console", "ignore", "http", "ini", "csv"}


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--no-deps"]
    for package in json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["packages"]:
        is_library = any("lib" in target["kind"] for target in package["targets"])
        crate = Path(package["manifest_path"]).parent
        if is_library and any(has_example(file) for file in [*crate.glob("src/**/*.rs"), crate / "README.md"]):
            print(package["name"])


def has_example(file):
    """A README counts because a crate's documentation may include it."""
    if not file.exists():
        return False
    is_open = False
    for line in file.read_text(encoding="utf-8").splitlines():
        prefix = "" if file.suffix == ".md" else r"\s*//[/!]"
        fence = re.match(prefix + r"\s*```\s*([\w-]*)", line)
        if fence is None:
            continue
        if not is_open and fence.group(1) not in NOT_RUST:
            return True
        is_open = not is_open
    return False


if __name__ == "__main__":
    main()
