"""Reads a lake with programs that are not Hublake and compares what they find.

    cargo run -p hublake-lake --example sample_lake -- FOLDER > expected.json
    python tests/outside/readers.py FOLDER expected.json [deltalake] [polars] [duckdb]

Without names all three read. They need the packages deltalake and pyarrow; polars and deltalake;
duckdb==1.5.5 and duckdb-extension-delta==1.5.5.
"""

import json
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def with_deltalake(folder, expected):
    import pyarrow.compute as pc
    from deltalake import DeltaTable

    def sums(table, column):
        return {"rows": table.num_rows, "sum": pc.sum(table[column]).as_py()}

    for name in ("raw_sample", "mart_sample"):
        table = DeltaTable(str(folder / name)).to_pyarrow_table()
        yield name, sums(table, expected[name]["column"]), expected[name]
    raw = DeltaTable(str(folder / "raw_sample"))
    days = dict(expected["raw_sample"]["days"])
    found = {day: raw.to_pyarrow_table(filters=[("fetched_on", "=", date.fromisoformat(day))]).num_rows for day in days}
    yield "days", found, days
    before = expected["mart_sample_before"]
    table = DeltaTable(str(folder / "mart_sample"), version=before["version"]).to_pyarrow_table()
    yield "mart_sample before", sums(table, before["column"]), before


def with_polars(folder, expected):
    import polars as pl

    def sums(frame, column):
        row = frame.select(pl.len().alias("rows"), pl.col(column).sum().alias("sum")).collect().row(0, named=True)
        return dict(row)

    for name in ("raw_sample", "mart_sample"):
        yield name, sums(pl.scan_delta(str(folder / name)), expected[name]["column"]), expected[name]
    raw = pl.scan_delta(str(folder / "raw_sample"))
    last = raw.select(pl.col("fetched_at").max()).collect().item()
    yield "last", (last - EPOCH) // timedelta(microseconds=1), expected["raw_sample"]["last_fetched_at_us"]
    at_last = raw.filter(pl.col("fetched_at") >= last).select(pl.len()).collect().item()
    yield "rows of the last instant", at_last, 2
    labels = pl.scan_delta(str(folder / "mart_sample")).select(pl.col("label_names").list.len().sum()).collect().item()
    yield "labels", labels, expected["mart_sample"]["labels"]
    before = expected["mart_sample_before"]
    frame = pl.scan_delta(str(folder / "mart_sample"), version=before["version"])
    yield "mart_sample before", sums(frame, before["column"]), before


def with_duckdb(folder, expected):
    import duckdb

    connection = duckdb.connect(config={"allow_unsigned_extensions": True})
    connection.execute(f"LOAD '{duckdb_extension('delta')}'")

    def sums(name, column):
        rows, total = connection.execute(f"SELECT count(*), sum({column}) FROM delta_scan('{folder / name}')").fetchone()
        return {"rows": rows, "sum": int(total)}

    for name in ("raw_sample", "mart_sample"):
        yield name, sums(name, expected[name]["column"]), expected[name]
    days = connection.execute(
        f"SELECT fetched_on::VARCHAR, count(*) FROM delta_scan('{folder / 'raw_sample'}') GROUP BY 1"
    ).fetchall()
    yield "days", dict(days), dict(expected["raw_sample"]["days"])
    last = expected["raw_sample"]["last_fetched_at_us"]
    at_last = connection.execute(
        f"SELECT count(*) FROM delta_scan('{folder / 'raw_sample'}') WHERE fetched_at >= make_timestamptz({last})"
    ).fetchone()[0]
    yield "rows of the last instant", at_last, 2


def duckdb_extension(name):
    """The extension's file inside the wheel duckdb-extension-NAME."""
    import importlib.util

    places = importlib.util.find_spec(f"duckdb_extension_{name}").submodule_search_locations
    return next(path for place in places for path in Path(place).rglob(f"{name}.duckdb_extension"))


READERS = {"deltalake": with_deltalake, "polars": with_polars, "duckdb": with_duckdb}


def agrees(found, wanted):
    if isinstance(found, dict) and isinstance(wanted, dict):
        return all(found[key] == wanted[key] for key in found)
    return found == wanted


def main():
    folder, expected = Path(sys.argv[1]).resolve(), json.loads(Path(sys.argv[2]).read_text())
    failures = 0
    for name in sys.argv[3:] or READERS:
        for what, found, wanted in READERS[name](folder, expected):
            ok = agrees(found, wanted)
            failures += not ok
            print(f"{'ok  ' if ok else 'FAIL'} {name}: {what}: {found}" + ("" if ok else f", expected {wanted}"))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
