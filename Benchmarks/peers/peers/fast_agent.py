"""Our own agents, by `fast train`: the trials of its run folder."""
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile


def search(trials, seed, agent):
    """Runs the agent with its recipe as it ships, on one thread. A design that comes twice is two trials, as it is for everyone; the second time it costs no
    simulation."""
    fast = os.environ["FAST"]
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        result = subprocess.run(
            [fast, "train", "--environment", trials.problem_name, "--agent", agent, "--trials", str(trials.budget)]
            + ["--seed", str(seed), "--threads", "1", "--run", str(run), "--quiet", "--json"],
            check=True, capture_output=True, text=True)
        seconds = json.loads(result.stdout)["seconds"]
        with sqlite3.connect(run / "trials.sqlite") as database:
            rows = list(database.execute("SELECT reward, objective FROM trials WHERE trial > 0 ORDER BY trial"))
            evaluating = database.execute("SELECT TOTAL(seconds) FROM timings WHERE activity = 'evaluating'").fetchone()[0]
    for position, (reward, objective) in enumerate(rows):
        # The run knows its whole time: it is shared out evenly.
        share = (position + 1) / len(rows)
        trials.rows.append((position + 1, reward, objective, seconds * share, evaluating * share))
