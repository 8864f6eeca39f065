"""Problems as black-box optimisers see them: parameters, random designs, and what designs are worth."""

from __future__ import annotations

import ctypes
import json
import operator
import os
import pathlib
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from . import _library
from .errors import BadArgument, BadData

#: A choice as problem files have it.
Choice = Union[int, str]
#: A shipped workload's name, the path of an ONNX file, or what a problem file has for one: a name with `weight` or `dimensions`.
Workload = Union[str, "os.PathLike[str]", Mapping[str, Any]]
#: A problem or a design: a name, the path of a file, its text, or a dictionary with its keys.
File = Union[str, "os.PathLike[str]", Mapping[str, Any]]
#: One number a parameter: the position of its choice, -1 (or anything) where the parameter doesn't apply.
Decisions = npt.NDArray[np.int64]

_REASONS = (None, "area", "tdp", "latency", "notMappable")
_OUTCOME = np.dtype(
    [("struct_size", "<u4"), ("feasible", "u1"), ("reason", "u1"), ("workload_count", "<u2"), ("objective", "<f8"), ("reward", "<f8"),
     ("excess", "<f8"), ("area_mm2", "<f8"), ("tdp_watts", "<f8")]
)  # fmt: skip
#: Rows to evaluate between two looks at whether the user has pressed Ctrl-C, for each thread.
_ROWS_BETWEEN_SIGNALS = 16


@dataclass(frozen=True)
class Parameter:
    """One decision of a design."""

    name: str
    #: In ascending order; a decision is a position in this list.
    choices: tuple[Choice, ...]
    #: Where the parameter applies only under a condition: another parameter's name, and its choices under which it does.
    needs: tuple[str, tuple[Choice, ...]] | None = None


@dataclass(frozen=True)
class WorkloadMetrics:
    """What one workload does on a design."""

    inferences_per_second: float
    #: Of one pass over the batch.
    latency_seconds: float
    #: Of one inference.
    energy_joules: float
    utilization: float
    #: The workload's own objective over the baseline's.
    objective_ratio: float


@dataclass(frozen=True)
class Outcome:
    """What came of a design."""

    feasible: bool
    #: The objective as a ratio to the baseline's; None where the design isn't feasible.
    objective: float | None
    #: log(objective); of an infeasible design a value below every feasible one, the lower the further off it is. Always finite.
    reward: float
    #: The constraint that the design breaks: area, tdp, latency or notMappable.
    reason: str | None
    #: The value found over the value allowed of that constraint; 0 where feasible.
    excess: float
    area_mm2: float
    tdp_watts: float
    #: By workload; empty where the design broke a constraint that needs no simulation.
    workloads: Mapping[str, WorkloadMetrics]


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` finds."""

    #: As the problem scores the design: area and TDP within the baseline's.
    outcome: Outcome
    design: dict[str, Any]
    #: The design's decisions in the problem's space; None where it doesn't lie there.
    decisions: Decisions | None = field(compare=False)
    #: For each workload what `fast simulate --json` reports of it (`regions` where asked for); empty where one cannot be mapped.
    evaluations: list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Outcomes(Sequence[Outcome]):
    """What came of several designs, as arrays with a row each; an item is an `Outcome`."""

    feasible: npt.NDArray[np.bool_]
    #: NaN where infeasible.
    objective: npt.NDArray[np.float64]
    reward: npt.NDArray[np.float64]
    #: Positions in (None, area, tdp, latency, notMappable).
    reason: npt.NDArray[np.uint8]
    excess: npt.NDArray[np.float64]
    area_mm2: npt.NDArray[np.float64]
    tdp_watts: npt.NDArray[np.float64]
    #: A row a design, a column a workload, then the fields of `WorkloadMetrics`.
    metrics: npt.NDArray[np.float64]
    workload_count: npt.NDArray[np.uint16]
    workload_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.reward)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        feasible = bool(self.feasible[index])
        workloads = {
            name: WorkloadMetrics(*map(float, row))
            for name, row in zip(self.workload_names[: self.workload_count[index]], self.metrics[index])
        }
        return Outcome(
            feasible=feasible, objective=float(self.objective[index]) if feasible else None, reward=float(self.reward[index]),
            reason=_REASONS[self.reason[index]], excess=float(self.excess[index]), area_mm2=float(self.area_mm2[index]),
            tdp_watts=float(self.tdp_watts[index]), workloads=workloads,
        )  # fmt: skip

    def __iter__(self) -> Iterator[Outcome]:
        return (self[index] for index in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Outcomes):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, name), getattr(other, name), equal_nan=name != "workload_names")
            for name in self.__dataclass_fields__
        )

    __hash__ = None  # type: ignore[assignment]


class Problem:
    """What is searched for: the best design for one or several workloads, within budgets, over a baseline.

    >>> problem = Problem("efficientnet-b7")
    >>> rng = np.random.default_rng(1)
    >>> decisions = problem.sample(rng)            # ask
    >>> problem.evaluate(decisions).reward         # tell

    `problem` is a name that `problem_names()` lists, the path of a problem file, its text, or a dictionary with its keys. Safe to use from many threads;
    pickles and copies open the same problem again.
    """

    def __init__(self, problem: File = "efficientnet-b7") -> None:
        self._specification = file_text(problem)
        self._library = _library.library()
        handle = ctypes.c_uint64()
        self._library.check(
            self._library.problem_open(_library.encoded(self._specification), _library.home(), ctypes.byref(handle))
        )
        self._handle: int = handle.value
        self._finalizer = weakref.finalize(self, self._library.problem_close, self._handle)
        described = self._library.json(self._library.problem_describe, self._handle)
        #: The problem as its file has it, with numbers resolved.
        self.description: dict[str, Any] = described
        self.name: str = described["name"]
        self.objective: str = described["objective"]
        self.workloads: tuple[str, ...] = tuple(workload["name"] for workload in described["workloads"])
        #: In the order in which an episode decides them.
        self.parameters: tuple[Parameter, ...] = tuple(
            Parameter(
                parameter["name"], tuple(parameter["choices"]),
                (parameter["needs"]["parameter"], tuple(parameter["needs"]["choices"])) if "needs" in parameter else None,
            )
            for parameter in described["parameters"]
        )  # fmt: skip
        #: How many choices each parameter has.
        self.counts: Decisions = np.array([len(parameter.choices) for parameter in self.parameters], dtype=np.int64)
        #: Distinct designs; exact up to 2^53.
        self.size: float = described["size"]
        self.budget: dict[str, float] = described["budget"]
        self.reward_range: tuple[float, float] = (described["rewardLow"], described["rewardHigh"])
        #: The baseline's own outcome: objective exactly 1.
        self.baseline: Outcome = _outcome(described["baselineOutcome"])
        self.baseline_design: dict[str, Any] = described["baselineDesign"]
        self._stamps = {path: _stamp(path) for path in described["files"]}
        self._positions = {parameter.name: position for position, parameter in enumerate(self.parameters)}
        self._count = len(self.parameters)

    def __repr__(self) -> str:
        return f"Problem({self.name!r}, {self.objective}, {self.size:.3g} designs)"

    def __reduce__(self) -> tuple[Any, ...]:
        return (shared_problem, (self._specification,))

    def __copy__(self) -> Problem:
        return self  # nothing about it changes

    def __deepcopy__(self, memo: dict[int, Any]) -> Problem:
        return self

    def close(self) -> None:
        """Gives back what the problem holds; environments that were made of it go on."""
        self._finalizer()

    def _is_current(self) -> bool:
        """Whether it is open, and every file that it was made of as it was then."""
        return self._finalizer.alive and all(_stamp(path) == stamp for path, stamp in self._stamps.items())

    def sample(self, rng: np.random.Generator | int | None = None, *, within_budget: bool = False) -> Decisions:
        """A random design: decisions, -1 where a parameter doesn't apply.

        All designs of the space are equally likely, also those over a budget; `within_budget` instead chooses parameter by parameter among what
        can still meet area and TDP.
        """
        if not isinstance(rng, np.random.Generator):
            rng = np.random.default_rng(rng)
        decisions = np.empty(self._count, dtype=np.int64)
        seed = int(rng.integers(1 << 63))
        self._library.check(
            self._library.problem_sample(self._handle, seed, 0, int(within_budget), decisions.ctypes.data, self._count)
        )
        return decisions

    def encode(self, values: Mapping[str, Choice]) -> Decisions:
        """Decisions from values by parameter, e.g. {"peGridX": 8, …, "fusion": "residency"}; those that don't apply may be left out."""
        unknown = [name for name in values if name not in self._positions]
        if unknown:
            raise BadData(f"expected parameters of {list(self._positions)}, found {unknown}")
        decisions = np.full(self._count, -1, dtype=np.int64)
        for position, parameter in enumerate(self.parameters):
            if parameter.name in values:
                value = values[parameter.name]
                try:
                    decisions[position] = parameter.choices.index(value)
                except ValueError:
                    raise BadData(f"{parameter.name}: expected one of {list(parameter.choices)}, found {value!r}") from None
            elif parameter.needs is None or values.get(parameter.needs[0]) in parameter.needs[1]:
                raise BadData(f"{parameter.name}: expected one of {list(parameter.choices)}, found no value")
        return decisions

    def decode(self, decisions: npt.ArrayLike) -> dict[str, Choice]:
        """Values by parameter, without those that don't apply."""
        row = self._rows(decisions, 1)[0]
        values: dict[str, Choice] = {}
        for parameter, decision in zip(self.parameters, row):
            if parameter.needs is not None and values.get(parameter.needs[0]) not in parameter.needs[1]:
                continue
            if not 0 <= decision < len(parameter.choices):
                raise BadData(f"{parameter.name}: expected a choice from 0 to {len(parameter.choices) - 1}, found {decision}")
            values[parameter.name] = parameter.choices[decision]
        return values

    def design(self, decisions: npt.ArrayLike | Mapping[str, Choice]) -> dict[str, Any]:
        """Decisions as a design, with the keys of a design file."""
        row = self._rows(self.encode(decisions) if isinstance(decisions, Mapping) else decisions, 1)
        design: dict[str, Any] = self._library.json(self._library.problem_design, self._handle, row.ctypes.data, self._count)
        return design

    def evaluate(self, decisions: npt.ArrayLike | Mapping[str, Choice]) -> Outcome:
        """What comes of a design: decisions, or values by parameter. Infeasible designs have an outcome too; wrong decisions raise `BadData`."""
        row = self._rows(self.encode(decisions) if isinstance(decisions, Mapping) else decisions, 1)
        outcome: Outcome = self._evaluate(row, 1)[0]
        return outcome

    def evaluate_batch(
        self, decisions: npt.ArrayLike | Sequence[Mapping[str, Choice]], *, threads: int | None = None
    ) -> Outcomes:
        """What comes of several designs, a row each, on up to `threads` threads (all cores by default); the same on any number."""
        if isinstance(decisions, Sequence) and decisions and isinstance(decisions[0], Mapping):
            rows = np.stack([self.encode(row) for row in decisions])  # type: ignore[arg-type]
        else:
            rows = self._rows(decisions, 2)  # type: ignore[arg-type]
        threads = thread_count(threads)
        chunk = threads * _ROWS_BETWEEN_SIGNALS
        parts = [self._evaluate(rows[start : start + chunk], threads) for start in range(0, len(rows), chunk)]
        parts = parts or [self._evaluate(rows, 1)]
        fields = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Outcomes.__dataclass_fields__
            if name != "workload_names"
        }
        return Outcomes(**fields, workload_names=self.workloads)

    def evaluate_design(self, design: File, *, regions: bool = False) -> Evaluation:
        """What comes of a design in a file's words, which need not lie in the space: a dictionary, YAML text, a baseline's name or a path."""
        outcome = _library.Outcome(struct_size=ctypes.sizeof(_library.Outcome))
        text = _library.encoded(file_text(design))
        found = self._library.json(
            self._library.problem_evaluate_design, self._handle, text, int(regions), ctypes.byref(outcome)
        )
        decisions = found.get("decisions")
        return Evaluation(
            outcome=_outcome(found["outcome"]), design=found["design"],
            decisions=None if decisions is None else np.array([-1 if d is None else d for d in decisions], dtype=np.int64),
            evaluations=found["evaluations"],
        )  # fmt: skip

    def _rows(self, decisions: npt.ArrayLike, dimensions: int) -> Decisions:
        """Decisions as contiguous rows."""
        found = np.asarray(decisions)
        shape = (self._count,) if dimensions == 1 else ("n", self._count)
        if found.size == 0 and dimensions == 2:
            return np.empty((0, self._count), dtype=np.int64)
        if found.ndim != dimensions or found.shape[-1] != self._count:
            raise BadData(f"expected decisions of shape {shape}, one number a parameter, found shape {found.shape}")
        if not np.issubdtype(found.dtype, np.integer):
            raise BadData(f"expected whole numbers as decisions, found dtype {found.dtype}")
        return np.ascontiguousarray(found.reshape(-1, self._count), dtype=np.int64)

    def _evaluate(self, rows: Decisions, threads: int) -> Outcomes:
        outcomes = np.zeros(len(rows), dtype=_OUTCOME)
        outcomes["struct_size"] = _OUTCOME.itemsize
        metrics = np.zeros((len(rows), len(self.workloads), 5))
        self._library.check(
            self._library.problem_evaluate(
                self._handle, rows.ctypes.data, self._count, len(rows), threads, outcomes.ctypes.data, metrics.ctypes.data,
                len(self.workloads),
            )
        )  # fmt: skip
        return Outcomes(
            feasible=outcomes["feasible"] != 0, objective=outcomes["objective"], reward=outcomes["reward"], reason=outcomes["reason"],
            excess=outcomes["excess"], area_mm2=outcomes["area_mm2"], tdp_watts=outcomes["tdp_watts"], metrics=metrics,
            workload_count=outcomes["workload_count"], workload_names=self.workloads,
        )  # fmt: skip


def specification(problem: str | os.PathLike[str]) -> str:
    """A name or a text as it is, a path as an absolute one, so that copies elsewhere mean the same."""
    if not isinstance(problem, (str, os.PathLike)):
        raise TypeError(f"expected a name, a path or a file's text, found {type(problem).__name__}")
    text = os.fspath(problem)
    if not isinstance(problem, os.PathLike) and ("\n" in text or text.lstrip(" ").startswith("{")):
        return text
    _library.encoded(text)  # a path with a NUL is refused in words of ours
    is_path = isinstance(problem, os.PathLike) or "/" in text or text.endswith((".yaml", ".yml"))
    return str(pathlib.Path(text).resolve()) if is_path else text


def file_text(file: File) -> str:
    """A problem or a design as the library reads it: a name, an absolute path, or a file's text."""
    return json.dumps(file, default=_plain) if isinstance(file, Mapping) else specification(file)


def whole_number(name: str, value: Any, most: int) -> int:
    """A count that a caller gave."""
    try:
        number = operator.index(value)
    except TypeError:
        number = 0
    if not 1 <= number <= most:
        raise BadArgument(f"{name}: expected a whole number from 1 to {most}, found {value!r}")
    return number


def thread_count(threads: int | None) -> int:
    """How many threads a caller asks for; all cores by default."""
    return len(os.sched_getaffinity(0)) if threads is None else whole_number("threads", threads, 1024)


def problem_names() -> list[str]:
    """The names of the problems that come with the software."""
    library = _library.library()
    names: list[str] = library.json(library.problem_names, _library.home())
    return names


_shared: weakref.WeakValueDictionary[tuple[str, str], Problem] = weakref.WeakValueDictionary()
_shared_lock = threading.Lock()


def shared_problem(problem: File | Problem) -> Problem:
    """The same problem for everybody who names it the same, as long as anybody holds on to it: environments share what the simulator remembers."""
    if isinstance(problem, Problem):
        return problem
    key = _key(file_text(problem))
    with _shared_lock:
        found = _shared.get(key)
        if found is None or not found._is_current():
            found = _shared[key] = Problem(key[0])
        return found


def evaluate(
    design: File, workload: Workload | Sequence[Workload] = "efficientnet-b7", *,
    baseline: str | os.PathLike[str] = "tpu-v3", technology: str | os.PathLike[str] = "7nm", objective: str = "perf-per-tdp",
    regions: bool = False,
) -> Evaluation:  # fmt: skip
    """What a design does on a workload, or on several: throughput, latency, energy, area, TDP, and how it compares with a baseline.

    A workload is a shipped one's name, the path of an ONNX file, or a dictionary as problem files have it:
    `{"name": "bert-base-1024", "dimensions": {"sequence": 384}}`.

    >>> evaluate("tpu-v3", "resnet-50-v2").outcome.objective
    1.0
    """
    is_alone = isinstance(workload, (str, os.PathLike, Mapping)) or not isinstance(workload, Iterable)
    several: Iterable[Any] = [workload] if is_alone else workload  # type: ignore[assignment]
    workloads = [_workload(one) for one in several]
    baseline, technology = specification(baseline), specification(technology)
    fields = {"name": "evaluate", "workloads": workloads, "baseline": baseline, "technology": technology, "objective": objective}
    text = json.dumps(fields, default=_plain)
    key = _key(text)
    with _evaluators_lock:
        # The last few, so that many designs on one workload don't cost the baseline again and again.
        problem = _evaluators.pop(key, None)
        if problem is None or not problem._is_current():
            problem = Problem(text)
        _evaluators[key] = problem
        while len(_evaluators) > 8:
            del _evaluators[next(iter(_evaluators))]
    return problem.evaluate_design(design, regions=regions)


def _workload(workload: Workload) -> Any:
    """A name as it is, a path as an absolute one."""
    if isinstance(workload, os.PathLike) or (isinstance(workload, str) and workload.lower().endswith(".onnx")):
        return os.path.abspath(workload)
    if isinstance(workload, str):
        return workload
    if isinstance(workload, Mapping):
        return {key: _workload(value) if key == "name" else value for key, value in workload.items()}
    raise TypeError(f"expected a workload's name, an ONNX file's path or several of these, found {type(workload).__name__}")


def _key(text: str) -> tuple[str, str]:
    """What tells problems apart: names and relative paths mean other files in other folders."""
    try:
        return text, os.getcwd()
    except OSError:
        return text, ""  # the folder was removed


def _stamp(path: str) -> tuple[int, int, int] | None:
    """What tells a file from what stood at its path before; None where nothing does."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


_evaluators: dict[tuple[str, str], Problem] = {}
_evaluators_lock = threading.Lock()


def _plain(value: Any) -> Any:
    """What JSON has for a value of a design or a workload that it doesn't know."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"expected text, numbers, lists and dictionaries, found {type(value).__name__}")


def _outcome(described: Mapping[str, Any]) -> Outcome:
    """An outcome out of the library's JSON."""
    broken = described.get("infeasibility")
    return Outcome(
        feasible=broken is None, objective=float(described["objective"]) if broken is None else None,
        reward=float(described["reward"]),
        reason=broken["reason"] if broken else None, excess=broken["excess"] if broken else 0.0, area_mm2=described["areaMM2"],
        tdp_watts=described["tdpWatts"],
        workloads={
            row["workload"]: WorkloadMetrics(
                *(float(row[key]) for key in ("inferencesPerSecond", "latencySeconds", "energyJoules", "utilization", "objectiveRatio"))
            )
            for row in described["workloads"]
        },
    )  # fmt: skip


__all__ = [
    "Choice", "Decisions", "Evaluation", "File", "Outcome", "Outcomes", "Parameter", "Problem", "Workload", "WorkloadMetrics", "evaluate",
    "problem_names", "shared_problem",
]  # fmt: skip
