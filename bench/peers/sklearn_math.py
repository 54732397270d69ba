"""The tasks of bench/math.ts in scikit-learn, on the data that it wrote into the folder given; prints JSON."""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import NearestNeighbors
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_info

warnings.filterwarnings("ignore")
folder = Path(sys.argv[1])
given = json.loads((folder / "input.json").read_text())
n, p, m = given["n"], given["p"], given["m"]
x = np.fromfile(folder / "x.bin", np.float32).reshape(n, p)
y = np.fromfile(folder / "y.bin", np.float64).reshape(n, m)
base = np.fromfile(folder / "base.bin", np.float32).reshape(n, -1)
queries = np.fromfile(folder / "queries.bin", np.float32).reshape(-1, base.shape[1])
folds = np.arange(n) % 5


def ridge():
    """Every fold and penalty, the best penalty of each target, and a fit of all rows with each that was chosen."""
    penalties = given["penalties"]
    errors = np.zeros((len(penalties), m))
    wide = x.astype(np.float64)
    for fold in range(5):
        train, test = folds != fold, folds == fold
        for row, penalty in enumerate(penalties):
            fit = Ridge(alpha=penalty, solver="cholesky").fit(wide[train], y[train])
            errors[row] += ((fit.predict(wide[test]) - y[test]) ** 2).sum(axis=0)
    best = errors.argmin(axis=0)
    total = 0.0
    for row in np.unique(best):
        fit = Ridge(alpha=penalties[row], solver="cholesky").fit(wide, y)
        total += (fit.coef_[best == row] ** 2).sum()
    return total


def logistic(targets):
    fits = [LogisticRegression(C=0.1, tol=1e-6, max_iter=1000).fit(x, y[:, j]) for j in range(targets)]
    return sum((fit.coef_.astype(np.float64) ** 2).sum() for fit in fits)


index = NearestNeighbors(n_neighbors=20, algorithm="brute", metric="cosine").fit(base)


def neighbours(rows):
    return (1 - index.kneighbors(queries[:rows])[0]).mean()


def mlp():
    fit = MLPClassifier(
        64, alpha=0, batch_size=128, learning_rate_init=1e-3, max_iter=5, tol=0, n_iter_no_change=100, random_state=0
    ).fit(x, y.astype(int))
    q = np.clip(fit.predict_proba(x), 1e-15, 1 - 1e-15)
    return -(y * np.log(q) + (1 - y) * np.log(1 - q)).sum(axis=1).mean()


work = [
    ridge,
    lambda: logistic(1),
    lambda: logistic(m),
    lambda: KMeans(20, n_init=4, max_iter=25, tol=0, random_state=0).fit(base).inertia_,
    lambda: neighbours(len(queries)),
    lambda: neighbours(1),
    mlp,
]

timings = {}
for (name, repeats), run in zip(given["names"], work, strict=True):
    check = run()
    times, cpus = [], []
    for _ in range(repeats):
        start, before = time.perf_counter(), time.process_time()
        check = run()
        cpus.append(1000 * (time.process_time() - before))
        times.append(1000 * (time.perf_counter() - start))
    middle = len(times) // 2
    timings[name] = {"milliseconds": sorted(times)[middle], "cpu": sorted(cpus)[middle], "check": float(check)}

threads = max((pool["num_threads"] for pool in threadpool_info()), default=1)
versions = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, threads: {threads}"
print(json.dumps({"versions": versions, "timings": timings}))
