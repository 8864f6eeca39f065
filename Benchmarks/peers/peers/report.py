"""Tables, tests and plots of the searches that are there."""
import csv
import math
import pathlib
import statistics
import sys

import numpy
import scipy.stats

from command_line import EX_NOINPUT

from .trials import read

OURS = "fast-ppo"
# Trials-to-target counts until a search comes within this of the best design that any search of the problem found.
TARGET_SHARE = 0.95


def load(options):
    """The searches: {problem: {peer: {seed: rows}}}, those with their whole budget, cut off at it."""
    searches = {}
    for problem in options.problems:
        for peer in options.peers:
            for seed in options.seeds:
                name = pathlib.Path(problem).stem
                path = pathlib.Path(options.results) / name / f"{peer}-{seed}.csv"
                budget = options.budgets.get(peer, options.trials)
                if path.exists() and len(rows := read(path)) >= budget:
                    searches.setdefault(name, {}).setdefault(peer, {})[seed] = rows[:budget]
    return searches


def best_so_far(rows):
    """The greatest objective up to each trial; NaN while every trial was infeasible."""
    return numpy.fmax.accumulate([math.nan if row["objective"] is None else row["objective"] for row in rows])


def trials_to(target, curve):
    """The first trial that reaches a target; infinite where none does."""
    reached = numpy.flatnonzero(curve >= target)
    return int(reached[0]) + 1 if len(reached) else math.inf


def rank_biserial(differences):
    """The effect size of the signed-rank test: 1 where every difference is positive, −1 where every one is negative."""
    differences = [difference for difference in differences if difference]
    if not differences:
        return 0.0
    ranks = scipy.stats.rankdata(numpy.abs(differences))
    return float(sum(rank * math.copysign(1, difference) for rank, difference in zip(ranks, differences)) / sum(ranks))


def paired(ours, theirs):
    """Seeds in common, the median of log(ours / theirs), the two-sided p of Wilcoxon's signed-rank test, and the effect size. A search that found nothing
    feasible counts as a thousandth of the baseline."""
    seeds = sorted(set(ours) & set(theirs))
    differences = [math.log(max(ours[seed], 1e-3) / max(theirs[seed], 1e-3)) for seed in seeds]
    p = scipy.stats.wilcoxon(differences).pvalue if any(differences) else 1.0
    return len(seeds), statistics.median(differences), float(p), rank_biserial(differences)


def write(options):
    searches = load(options)
    if not searches:
        print(f"no search with {options.trials} trials in {options.results}; make them with Benchmarks/peers/run", file=sys.stderr)
        sys.exit(EX_NOINPUT)
    output = pathlib.Path(options.output)
    output.mkdir(parents=True, exist_ok=True)
    write_trials(searches, output / "trials.csv")
    titles = {peer: f"{peer} ({options.budgets[peer]} trials)" if peer in options.budgets else peer for peer in options.peers}
    lines = []
    everything = {}
    for problem, peers in searches.items():
        curves = {peer: {seed: best_so_far(rows) for seed, rows in runs.items()} for peer, runs in peers.items()}
        lines += problem_table(problem, peers, curves, titles, options.trials)
        for peer, runs in curves.items():
            for seed, curve in runs.items():
                everything.setdefault(peer, {})[problem, seed] = float(numpy.nan_to_num(curve[-1]))
        plot(problem, curves, titles, output / f"{problem}-{options.trials}.svg")
    lines += test_table(everything, titles, list(searches), options.trials)
    text = "\n".join(lines) + "\n"
    (output / f"tables-{options.trials}.md").write_text(text)
    print(text, end="")


def write_trials(searches, path):
    """One line a trial: problem, peer, seed, trial, reward, objective, best so far, seconds."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["problem", "peer", "seed", "trial", "reward", "objective", "best", "seconds"])
        for problem, peers in searches.items():
            for peer, runs in peers.items():
                for seed, rows in runs.items():
                    for row, best in zip(rows, best_so_far(rows)):
                        writer.writerow([
                            problem, peer, seed, row["trial"], f"{row['reward']:.6g}",
                            "" if row["objective"] is None else f"{row['objective']:.6g}",
                            "" if math.isnan(best) else f"{best:.6g}", f"{row['seconds']:.3f}"])


def problem_table(problem, peers, curves, titles, trials):
    target = TARGET_SHARE * max(float(numpy.nanmax(curve)) for runs in curves.values() for curve in runs.values()
                                if not numpy.all(numpy.isnan(curve)))
    lines = [f"### {problem}, {trials} trials", "",
             f"| peer | seeds | median best | quartiles | infeasible | trials to {target:.3f} (reached) | seconds | of them searching |",
             "|---|---|---|---|---|---|---|---|"]
    rows = []
    for peer, runs in peers.items():
        finals = [float(numpy.nan_to_num(curve[-1])) for curve in curves[peer].values()]
        reached = [trials_to(target, curve) for curve in curves[peer].values()]
        middle = statistics.median(reached)
        seconds = statistics.median(run[-1]["seconds"] for run in runs.values())
        own = statistics.median(run[-1]["seconds"] - run[-1]["evaluatingSeconds"] for run in runs.values())
        infeasible = statistics.mean(row["objective"] is None for run in runs.values() for row in run)
        low, high = numpy.quantile(finals, [0.25, 0.75])
        count = sum(math.isfinite(value) for value in reached)
        rows.append((statistics.median(finals),
                     f"| {titles[peer]} | {len(runs)} | {statistics.median(finals):.3f} | {low:.3f} to {high:.3f} | {infeasible:.0%} | "
                     f"{middle if math.isfinite(middle) else '–'} ({count} of {len(runs)}) | {seconds:.0f} | {own:.0f} |"))
    return lines + [line for _, line in sorted(rows, key=lambda row: -row[0])] + [""]


def test_table(everything, titles, problems, trials):
    ours = everything.get(OURS)
    if not ours:
        return []
    lines = [f"### {titles[OURS]} against each, {trials} trials, pairs of equal problem and seed", "",
             "| against | problems | pairs | median ratio of best | wins | p (Wilcoxon) | effect |", "|---|---|---|---|---|---|---|"]
    for peer, theirs in everything.items():
        if peer == OURS:
            continue
        for scope in [[problem] for problem in problems] + ([problems] if len(problems) > 1 else []):
            mine = {key: value for key, value in ours.items() if key[0] in scope}
            other = {key: value for key, value in theirs.items() if key[0] in scope}
            if not set(mine) & set(other):
                continue
            count, difference, p, effect = paired(mine, other)
            wins = sum(mine[key] > other[key] for key in set(mine) & set(other))
            lines.append(f"| {titles[peer]} | {scope[0] if len(scope) == 1 else 'all'} | {count} | {math.exp(difference):.3f} | {wins} | {p:.4f} | {effect:+.2f} |")
    return lines + [""]


def plot(problem, curves, titles, path):
    """Medians of the best so far, with quartiles as bands."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as pyplot

    matplotlib.rcParams["svg.hashsalt"] = "fast"
    figure, axes = pyplot.subplots(figsize=(7.2, 4.4))
    order = sorted(curves, key=lambda peer: -numpy.median([numpy.nan_to_num(curve[-1]) for curve in curves[peer].values()]))
    colors = pyplot.get_cmap("tab10" if len(order) <= 10 else "tab20").colors
    for peer, color in zip(order, colors):
        stack = numpy.nan_to_num(numpy.stack(list(curves[peer].values())))
        # Some points tell the same as all, in a smaller file.
        points = numpy.unique(numpy.round(numpy.geomspace(1, stack.shape[1], 120)).astype(int))
        low, middle, high = numpy.quantile(stack[:, points - 1], [0.25, 0.5, 0.75], axis=0)
        width = 2.4 if peer.startswith("fast") else 1.4
        axes.plot(points, middle, label=titles[peer], color=color, linewidth=width, drawstyle="steps-post")
        axes.fill_between(points, low, high, color=color, alpha=0.12, step="post", linewidth=0)
    axes.set(xlabel="trials", ylabel="best Perf/TDP so far, × TPU-v3", title=f"{problem}: median and quartiles over seeds", xscale="log")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    axes.legend(fontsize=8, loc="upper left")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
