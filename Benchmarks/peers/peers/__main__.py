"""Runs the peers, one process a search, and reports. `Benchmarks/peers/run --help`."""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

from . import registry
from .trials import BudgetSpent, Trials, read

HERE = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(HERE.parent))
import command_line


def path_of(results, problem, peer, seed):
    """The file of a search; a problem may be given by its file."""
    return pathlib.Path(results) / pathlib.Path(problem).stem / f"{peer}-{seed}.csv"


def is_done(path, trials):
    return path.exists() and len(read(path)) >= trials


def one(options):
    """A single search, in this process."""
    import fast_gym

    # Imports are no part of a search's time.
    search = registry.load(options.peer)
    trials = Trials(fast_gym.Problem(options.problem), options.trials)
    trials.problem_name = options.problem
    try:
        search(trials, options.seed)
    except BudgetSpent:
        pass
    if len(trials.rows) < options.trials:
        sys.exit(f"{options.peer} ended after {len(trials.rows)} of {options.trials} trials")
    trials.write(path_of(options.results, options.problem, options.peer, options.seed))


def require_problems(problems):
    """Ends the command where a problem is not there or not as it must be: once, before the first search."""
    import fast_gym

    for problem in problems:
        try:
            fast_gym.Problem(problem).close()
        except fast_gym.errors.FastError as error:
            print(f"peers: {error}", file=sys.stderr)
            # From 64 the library's statuses are exit codes.
            sys.exit(error.status if error.status >= command_line.EX_USAGE else command_line.EX_DATAERR)


def run_all(options):
    """Every search that is missing, so many at a time; one that fails is told and does not keep the others."""
    budgets = {peer: options.budgets.get(peer, options.trials) for peer in options.peers}
    jobs = [
        (problem, peer, seed)
        for problem in options.problems for seed in options.seeds for peer in options.peers
        if not is_done(path_of(options.results, problem, peer, seed), budgets[peer])
    ]
    environment = os.environ | {name: "1" for name in (
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    started = time.time()
    failures = []

    def work(job):
        problem, peer, seed = job
        begin = time.time()
        python = os.environ.get("PEERS_VIZIER_PYTHON", sys.executable) if registry.is_vizier(peer) else sys.executable
        process = subprocess.run(
            [python, "-m", "peers", "one", "--problem", problem, "--peer", peer, "--seed", str(seed)]
            + ["--trials", str(budgets[peer]), "--results", str(options.results)],
            env=environment, capture_output=True, text=True, timeout=options.timeout or None)
        return process, time.time() - begin

    with concurrent.futures.ThreadPoolExecutor(options.processes) as pool:
        pending = {pool.submit(work, job): job for job in jobs}
        for count, future in enumerate(concurrent.futures.as_completed(pending), 1):
            problem, peer, seed = pending[future]
            try:
                process, seconds = future.result()
                message = process.stderr.strip().splitlines()[-1:] if process.returncode else []
            except subprocess.TimeoutExpired:
                process, seconds, message = None, options.timeout, [f"longer than {options.timeout} s"]
            if message or process is None:
                failures.append((problem, peer, seed, " ".join(message)))
            left = (time.time() - started) / count * (len(jobs) - count)
            print(f"{count}/{len(jobs)} {problem} {peer} seed {seed}: {' '.join(message) or f'{seconds:.0f} s'}; about {left / 60:.0f} min left",
                  file=sys.stderr, flush=True)
    for problem, peer, seed, message in failures:
        print(f"failed: {problem} {peer} seed {seed}: {message}", file=sys.stderr)
    return failures


def budget(text):
    """A peer and its number of trials, of PEER=N."""
    peer, _, trials = text.partition("=")
    if peer not in registry.NAMES:
        raise argparse.ArgumentTypeError(f"expected PEER=N, for example vizier=500, with a peer of {', '.join(registry.NAMES)}; found '{text}'")
    return peer, command_line.count(trials)


def main():
    parser = command_line.ArgumentParser("Other software's searchers and our agents on equal terms: see README.md.", prog="Benchmarks/peers/run")
    commands = parser.add_subparsers(dest="command", required=True)
    both = command_line.ArgumentParser(add_help=False)
    both.add_argument("--results", default=str(HERE / "results"), help="folder of the searches, one file each (default: results beside this)")
    both.add_argument("--trials", type=command_line.count, default=500, help="budget of each search (default: 500)")
    many = command_line.ArgumentParser(add_help=False)
    many.add_argument("--problems", nargs="+", default=["efficientnet-b7", "bert-base-1024", "resnet-50-v2", "suite"])
    many.add_argument("--peers", nargs="+", default=[name for name in registry.NAMES if not registry.is_vizier(name)], choices=registry.NAMES)
    many.add_argument("--budgets", nargs="+", type=budget, default=[], metavar="PEER=N",
                      help="fewer trials for peers that would take too long; the tables name their number")
    many.add_argument("--seeds", nargs="+", type=command_line.seed, default=[1, 2, 3, 4, 5])
    many.add_argument("--output", default=str(HERE / "output"), help="folder for tables and plots (default: output beside this)")
    runner = commands.add_parser("run", parents=[both, many], help="make the searches that are missing, then report")
    runner.add_argument("--processes", type=command_line.count, default=2, help="searches at the same time (default: 2)")
    runner.add_argument("--timeout", type=float, default=0, help="seconds after which a search is given up (default: never)")
    commands.add_parser("report", parents=[both, many], help="report on the searches that are there")
    single = commands.add_parser("one", parents=[both], help="a single search")
    single.add_argument("--problem", required=True)
    single.add_argument("--peer", required=True, choices=registry.NAMES)
    single.add_argument("--seed", type=command_line.seed, required=True)
    options = parser.parse_args()
    if options.command != "one":
        stems = [pathlib.Path(problem).stem for problem in options.problems]
        if twice := {stem for stem in stems if stems.count(stem) > 1}:
            parser.error(f"argument --problems: expected different names, as searches lie in folders by them; found {', '.join(sorted(twice))} twice")
        options.budgets = dict(options.budgets)
        for peer, trials in options.budgets.items():
            if trials >= options.trials:
                parser.error(f"argument --budgets: expected fewer trials for {peer} than the others' {options.trials}, found {trials}")
    # Mistakes are told before anything is installed or built for them.
    if "PEERS_ONLY_PARSE" in os.environ:
        return 0
    if options.command == "one":
        return one(options)
    if options.command == "run":
        require_problems(options.problems)
    failures = run_all(options) if options.command == "run" else []
    # What it imports is not there before the peers are installed, and --help is.
    from . import report

    report.write(options)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
