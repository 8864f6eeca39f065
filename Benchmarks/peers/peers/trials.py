"""The one way in which a peer evaluates designs: it counts, records, and ends the search when the budget is spent."""
import csv
import os
import pathlib
import time


class BudgetSpent(Exception):
    """Every trial of the budget was made."""


class Trials:
    """The trials of one search.

    A trial is one design that the peer asked for, whether or not it was asked for before, and whether or not it is feasible. What a peer
    sees of it is the reward: log(objective), or for an infeasible design the bounded negative value of FAST's reward rule.
    """

    def __init__(self, problem, budget):
        self.problem = problem
        self.budget = budget
        self.rows = []
        self._start = time.perf_counter()
        self._evaluating = 0.0

    @property
    def parameters(self):
        return self.problem.parameters

    def choices_count(self):
        """The number of choices of each parameter."""
        return [len(parameter.choices) for parameter in self.parameters]

    def applies(self, parameter, choices):
        """Whether a parameter has anything to decide, after choices for those before it."""
        if not parameter.needs:
            return True
        name, allowed = parameter.needs
        position = [other.name for other in self.parameters].index(name)
        return self.parameters[position].choices[choices[position]] in allowed

    def evaluate(self, choices):
        """The reward of a design, given a choice for every parameter; those of parameters that don't apply are ignored."""
        if len(self.rows) >= self.budget:
            raise BudgetSpent
        before = time.perf_counter()
        outcome = self.problem.evaluate([int(choice) for choice in choices])
        self.spend(time.perf_counter() - before)
        self.record(outcome.reward, outcome.objective if outcome.feasible else None)
        return outcome.reward

    def spend(self, seconds):
        """Counts time of an evaluation."""
        self._evaluating += seconds

    def record(self, reward, objective):
        """Adds a trial; the objective is None where it was infeasible."""
        elapsed = time.perf_counter() - self._start
        self.rows.append((len(self.rows) + 1, reward, objective, elapsed, self._evaluating))

    COLUMNS = ["trial", "reward", "objective", "seconds", "evaluatingSeconds"]

    def write(self, path):
        """Writes the rows; the file is there whole or not at all."""
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        with open(partial, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(self.COLUMNS)
            for trial, reward, objective, seconds, evaluating in self.rows:
                writer.writerow([trial, repr(float(reward)), "" if objective is None else repr(float(objective)),
                                 f"{seconds:.4f}", f"{evaluating:.4f}"])
        os.replace(partial, path)


def read(path):
    """The rows of a file that `Trials.write` wrote, as dictionaries of numbers; the objective is None where a trial was infeasible."""
    with open(path, newline="") as file:
        return [
            {"trial": int(row["trial"]), "reward": float(row["reward"]),
             "objective": float(row["objective"]) if row["objective"] else None, "seconds": float(row["seconds"]),
             "evaluatingSeconds": float(row["evaluatingSeconds"])}
            for row in csv.DictReader(file)
        ]


def is_number(parameter):
    """Whether a parameter's choices are numbers, which stand in ascending order; else they are words."""
    return all(isinstance(choice, (int, float)) or str(choice).lstrip("-").isdigit() for choice in parameter.choices)
