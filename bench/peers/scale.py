"""A wide CSV of scores to Parquet, and each model's mean in each group, by pandas or DuckDB; prints JSON.

Usage: scale.py pandas|duckdb SCORES.csv OUT.parquet
"""

import json
import resource
import sys
import time

name, source, target = sys.argv[1:4]
about = ["query_id", "group", "split"]
seconds = {}


def timed(step, run):
    began = time.perf_counter()
    result = run()
    seconds[step] = time.perf_counter() - began
    return result


if name == "pandas":
    import pandas as pd

    version = pd.__version__
    header = pd.read_csv(source, nrows=0).columns
    # Told beforehand that scores are bytes, which the other readers find out by themselves.
    types = {column: "uint8" for column in header if column not in about}
    table = timed("read", lambda: pd.read_csv(source, dtype=types))
    timed("write", lambda: table.to_parquet(target))
    means = timed("group", lambda: table.drop(columns=["query_id", "split"]).groupby("group").mean())
    cells = means.shape[0] * means.shape[1]
elif name == "duckdb":
    import duckdb

    version = duckdb.__version__
    db = duckdb.connect()
    db.execute("SET threads = 2")
    db.execute("SET preserve_insertion_order = true")
    read = "CREATE TABLE scores AS SELECT * FROM read_csv(?, header = true, max_line_size = 100000000)"
    timed("read", lambda: db.execute(read, [source]))
    timed("write", lambda: db.execute(f"COPY scores TO '{target}' (FORMAT parquet)"))
    means = 'SELECT "group", avg(COLUMNS(* EXCLUDE (query_id, "group", split))) FROM scores GROUP BY "group"'
    rows = timed("group", lambda: db.execute(means).fetchall())
    cells = len(rows) * (len(rows[0]) - 1)
else:
    sys.exit(f"{name} is neither pandas nor duckdb")

memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"version": version, "seconds": seconds, "mb": memory, "means": cells}))
