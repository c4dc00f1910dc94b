"""Sums are taken by one BLAS thread, also by the libraries that a training is the first to load."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

LOOK = """
import json, sys
from pathlib import Path
from threadpoolctl import threadpool_info
import models.kernel, models.train
import models.embedding, models.judge, models.weights
from models.train import prepare, read_examples, train

seen = []
def looking(function):
    def call(*words, **named):
        found = function(*words, **named)
        seen.extend([one["filepath"], one["num_threads"]] for one in threadpool_info() if one["user_api"] == "blas")
        return found
    return call

corpus = prepare(read_examples(Path(sys.argv[1])))
space = models.embedding.read_embedding(
    models.weights.read_model(models.judge.BASELINE).arrays
)
models.kernel._solve = looking(models.kernel._solve)
models.train.fit_second = looking(models.train.fit_second)
train(corpus, space=space, jobs=2)
print(json.dumps(seen))
"""


def test_no_library_sums_with_several_threads() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(ROOT / "data" / "gold" / "offences.jsonl")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert len({path for path, _ in seen}) == 2, "NumPy's and SciPy's"
    assert {threads for _, threads in seen} == {1}
