"""The lexical tasks of bench/encoders.ts in scikit-learn, on the texts that it wrote into the folder given; prints JSON."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import Normalizer, normalize

given = json.loads((Path(sys.argv[1]) / "input.json").read_text())
n = given["train"]
texts = [each["text"] for each in given["texts"]]
topics = np.array([each["topic"] for each in given["texts"]])
train, asked = texts[:n], texts[n:]


def tfidf(features):
    """Words, and character n-grams of 3 to 5 within word bounds, half of the columns each."""
    shared = {"sublinear_tf": True, "min_df": 2, "max_features": features // 2}
    words = TfidfVectorizer(token_pattern=r"(?u)\w+", **shared)
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), **shared)
    return make_union(words, grams)


def lsa():
    return make_pipeline(tfidf(20_000), TruncatedSVD(128, n_iter=2, n_oversamples=8, random_state=1), Normalizer())


def timed(repeats, run):
    """Median over the repeats after one call to warm up."""
    result, times = run(), []
    for _ in range(repeats):
        processor, start = time.process_time(), time.perf_counter()
        result = run()
        times.append((time.perf_counter() - start, time.process_time() - processor))
    wall, processor = sorted(times)[len(times) // 2]
    return result, {"milliseconds": 1000 * wall, "processor": 1000 * processor}


def same_topic(base, rows):
    near = np.asarray((normalize(rows) @ normalize(base).T).argmax(axis=1)).ravel()
    return float((topics[near] == topics[n:]).mean())


timings = {}
for name, make in {"tf-idf 1,024": lambda: tfidf(1024), "lsa 128": lsa}.items():
    model, timings[f"{name}, fit {n}"] = timed(3, lambda: make().fit(train))
    rows, timings[f"{name}, encode {len(asked)}"] = timed(5, lambda: model.transform(asked))
    timings[f"{name}, encode {len(asked)}"]["check"] = same_topic(model.transform(train), rows)
    _, timings[f"{name}, encode 1"] = timed(50, lambda: model.transform(asked[:1]))

print(json.dumps({"versions": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", "timings": timings}))
