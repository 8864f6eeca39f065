"""The environments that are registered with Gymnasium: `fast/Design-v0`, `fast/FlatDesign-v0`, `fast/Residency-v0`."""

from __future__ import annotations

import copy
import ctypes
import json
import operator
import threading
import weakref
from collections.abc import Mapping
from typing import Any, ClassVar

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from . import _library, rendering
from .errors import ActionOutsideSpace, BadArgument, Busy, Closed
from .problem import _REASONS, File, Problem, file_text, shared_problem
from .spaces import MaskedDiscrete

Observation = dict[str, npt.NDArray[np.float32]]
Info = dict[str, Any]

_MASKED_ACTIONS = ("refuse", "nearest")
_METRICS = ("inferences_per_second", "latency_seconds", "energy_joules", "utilization", "objective_ratio")


def options_text(**options: Any) -> bytes:
    """The options of an environment as the library reads them."""
    masked = options.get("maskedActions")
    if masked not in _MASKED_ACTIONS:
        raise BadArgument(f"expected masked_actions to be one of {_MASKED_ACTIONS}, found {masked!r}")
    return _library.encoded(json.dumps({name: value for name, value in options.items() if value is not None}))


def residency_options(
    problem: Problem, workload: str | None, design: File | None
) -> dict[str, Any]:
    """The options that only residency environments have."""
    if workload is not None and workload not in problem.workloads:
        raise BadArgument(f"expected one of the problem's workloads {list(problem.workloads)}, found {workload!r}")
    return {"workload": workload, "design": None if design is None else file_text(design)}


def require_options(options: Any) -> None:
    """Refuses what can't be the options of a reset."""
    if options is not None and not isinstance(options, Mapping):
        raise BadArgument(f"expected a dictionary or None as options, found {type(options).__name__}")


def observation_space(description: dict[str, Any]) -> spaces.Space[Any]:
    """The space of the observations that a description tells of."""
    boxes: dict[str, spaces.Space[Any]] = {
        part["name"]: spaces.Box(part["low"], part["high"], (part["count"],), np.float32) for part in description["observation"]
    }
    return spaces.Dict(boxes) if len(boxes) > 1 else next(iter(boxes.values()))


class OutcomeReader:
    """Reads what came of a design out of the library."""

    def __init__(self, problem: Problem) -> None:
        self._workloads = problem.workloads
        self._outcome = _library.Outcome(struct_size=ctypes.sizeof(_library.Outcome))
        self._metrics = np.zeros((len(problem.workloads), len(_METRICS)))
        self._decisions = np.zeros(len(problem.parameters), dtype=np.int64)
        self._arguments = (
            ctypes.addressof(self._outcome), self._metrics.ctypes.data, len(self._metrics), self._decisions.ctypes.data,
            len(self._decisions),
        )  # fmt: skip

    def read(self, function: Any, *handle: int) -> Info:
        """The entries of an info."""
        _library.library().check(function(*handle, *self._arguments))
        found = self._outcome
        feasible = bool(found.feasible)
        return {
            "feasible": feasible, "objective": found.objective if feasible else None, "infeasibility": _REASONS[found.reason],
            "excess": found.excess, "area_mm2": found.area_mm2, "tdp_watts": found.tdp_watts,
            "workloads": {
                name: dict(zip(_METRICS, row))
                for name, row in zip(self._workloads[: found.workload_count], self._metrics.tolist())
            },
            "decisions": self._decisions.copy(),
        }  # fmt: skip


class NativeEnv(gymnasium.Env[Any, Any]):
    """What the environments have in common. Use one from one thread at a time; give each thread its own (`copy.deepcopy` makes one)."""

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    kind: ClassVar[int]

    def __init__(
        self, problem: File | Problem, options: dict[str, Any], render_mode: str | None = None
    ) -> None:
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise BadArgument(f"expected a render_mode of {self.metadata['render_modes']}, found {render_mode!r}")
        self.render_mode = render_mode
        self.problem = shared_problem(problem)
        self._options = options
        self._library = library = _library.library()
        text = options_text(**options)
        handle = ctypes.c_uint64()
        library.check(library.environment_open(self.problem._handle, self.kind, text, ctypes.byref(handle)))
        self._handle = handle.value
        self._finalizer = weakref.finalize(self, library.environment_close, self._handle)
        self._lock = threading.Lock()
        self._is_over = False
        self._has_begun = False
        self._last_reward = 0.0
        #: What the last episode ended with; empty while one is under way.
        self._final: Info = {}

        description = library.json(library.environment_describe, self._handle)
        self.observation_space = observation_space(description)
        self._counts: list[int] = description["actions"]
        self._buffer = np.zeros(description["observationCount"], dtype=np.float32)
        self._parts = self._slices(description)
        self._mask = np.zeros(description["maskCount"], dtype=np.int8)
        # Pointers that the calls reuse: making them anew would take longer than a step.
        self._transition = _library.Transition(
            struct_size=ctypes.sizeof(_library.Transition), observation=self._buffer.ctypes.data,
            observation_count=self._buffer.size, mask=self._mask.ctypes.data, mask_count=self._mask.size,
        )  # fmt: skip
        self._transition_address = ctypes.c_void_p(ctypes.addressof(self._transition))
        self._action = (ctypes.c_int64 * len(self._counts))()
        self._step_arguments = (
            ctypes.c_uint64(self._handle), ctypes.c_void_p(ctypes.addressof(self._action)), ctypes.c_size_t(len(self._counts)),
            self._transition_address,
        )  # fmt: skip
        self._step_function = library.bare("environment_step")

    @staticmethod
    def _slices(description: dict[str, Any]) -> list[tuple[str, slice]]:
        """Where the parts of an observation lie in the buffer."""
        parts, start = [], 0
        for part in description["observation"]:
            parts.append((part["name"], slice(start, start + part["count"])))
            start += part["count"]
        return parts

    # --- Gymnasium's interface

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, Info]:
        """Begins an episode. Nothing is left to chance, so the seed changes nothing but `np_random`; no options are known."""
        require_options(options)
        super().reset(seed=seed)
        with self._exclusively():
            status = self._library.environment_reset(
                self._handle, int(seed is not None), (seed or 0) & (1 << 64) - 1, self._transition_address
            )
            if status:
                raise self._library.error(status)
            self._has_begun, self._is_over, self._last_reward, self._final = True, False, 0.0, {}
            return self._observation(), self._info()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, Info]:
        """Acts. Raises `MaskedAction`, `ActionOutsideSpace` or `ResetNeeded`, and changes nothing then."""
        if not self._lock.acquire(False):
            raise Busy("expected one thread at a time, found another one inside; give each thread an environment of its own")
        try:
            self._write(action)
            status = self._step_function(*self._step_arguments)
            if status:
                raise self._library.error(status)
            transition = self._transition
            reward = transition.reward
            info = self._info()
            if not transition.terminated:
                return self._observation(), reward, False, transition.truncated == 1, info
            self._is_over, self._last_reward, self._final = True, reward, self._final_info()
            info.update(copy.deepcopy(self._final))
            return self._observation(), reward, True, False, info
        finally:
            self._lock.release()

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """Which choices are allowed now, as sb3-contrib asks; one run for each number of an action."""
        allowed: npt.NDArray[np.bool_] = self._mask == 1
        return allowed

    def render(self) -> Any:
        """The chip so far as text (`ansi`) or as a picture (`rgb_array`): a floor plan in proportion, budgets and metrics."""
        if self.render_mode is None:
            gymnasium.logger.warn("render was called without a render_mode: gymnasium.make(…, render_mode='rgb_array')")
            return None
        view = rendering.View(
            title=self.problem.name, state=self._state(), chip=self._chip(), info=self._final, is_over=self._is_over,
            reward=self._last_reward,
        )  # fmt: skip
        return rendering.text(view) if self.render_mode == "ansi" else rendering.picture(view)

    def close(self) -> None:
        """Gives back what the environment holds. Any use afterwards raises `Closed`."""
        self._finalizer()

    # --- Copies

    def __getstate__(self) -> dict[str, Any]:
        with self._exclusively():
            if not self._finalizer.alive:
                raise Closed("expected an open environment to copy, found one that is closed")
            return {
                "problem": self.problem, "options": self._options, "render_mode": self.render_mode, "spec": self.spec,
                "snapshot": self._library.text(self._library.environment_snapshot, self._handle), "np_random": self._np_random,
                "np_random_seed": self._np_random_seed, "buffer": self._buffer.copy(), "mask": self._mask.copy(),
                "position": self._transition.position, "has_begun": self._has_begun, "is_over": self._is_over,
                "last_reward": self._last_reward, "final": self._final, "action_random": self.action_space.np_random,
            }  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        NativeEnv.__init__(self, state["problem"], state["options"], state["render_mode"])
        self._make_action_space()
        self._library.check(self._library.environment_restore(self._handle, state["snapshot"].encode()))
        self.spec = state["spec"]
        self._np_random, self._np_random_seed = state["np_random"], state["np_random_seed"]
        self.action_space._np_random = state["action_random"]
        self._buffer[:], self._mask[:] = state["buffer"], state["mask"]
        self._transition.position = state["position"]
        self._has_begun, self._is_over = state["has_begun"], state["is_over"]
        self._last_reward, self._final = state["last_reward"], state["final"]

    # --- What differs

    def _make_action_space(self) -> None:
        n = self._counts[0]
        # Where masked actions are accepted, samples need not keep to the mask.
        self.action_space = MaskedDiscrete(n, self._mask if self._options["maskedActions"] == "refuse" else None)

    def _write(self, action: Any) -> None:
        """Puts an action into the buffer."""
        try:
            number = operator.index(action)
        except TypeError:
            raise self._wrong_action(action) from None
        if not 0 <= number < self._counts[0]:
            raise self._wrong_action(action)
        self._action[0] = number

    def _wrong_action(self, action: Any) -> ActionOutsideSpace:
        kind = f"an array of shape {action.shape} and dtype {action.dtype}" if isinstance(action, np.ndarray) else repr(action)
        return ActionOutsideSpace(f"expected an action of {self.action_space}, found {kind}")

    def _observation(self) -> Any:
        raise NotImplementedError

    def _info(self) -> Info:
        return {"action_mask": self._mask.copy()}

    def _final_info(self) -> Info:
        raise NotImplementedError

    def _state(self) -> str:
        raise NotImplementedError

    def _chip(self) -> dict[str, Any] | None:
        return None

    def _exclusively(self) -> "_Exclusive":
        return _Exclusive(self._lock)


class _Exclusive:
    """Holds a lock, or says that another thread does."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        if not self._lock.acquire(False):
            raise Busy("expected one thread at a time, found another one inside; give each thread an environment of its own")

    def __exit__(self, *error: Any) -> None:
        self._lock.release()


class _DesignObserving(NativeEnv):
    """What the two environments that design chips have in common."""

    def __init__(self, problem: Any, options: dict[str, Any], render_mode: str | None) -> None:
        super().__init__(problem, options, render_mode)
        self._set_up()

    def _set_up(self) -> None:
        self._outcomes = OutcomeReader(self.problem)
        self._design_part, self._workloads_part = (self._buffer[part] for _, part in self._parts)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._set_up()

    def _observation(self) -> Observation:
        # Copies, so that later steps don't change what was given out.
        return {"design": self._design_part.copy(), "workloads": self._workloads_part.copy()}

    def _final_info(self) -> Info:
        return self._outcomes.read(self._library.environment_outcome, self._handle)


class DesignEnv(_DesignObserving):
    """An episode designs one chip: each step decides one parameter by the position of a choice.

    The observation is a `Dict`: `design` (the choices so far, budgets, what is left of them) and `workloads` (what the workloads are like). The
    reward is 0 until the last step, which gives log(objective over the baseline's), or a value below every feasible one. `info["action_mask"]`
    says which choices can still meet the budgets of area and TDP, `info["parameter"]` what is decided next; at the end info tells the outcome.

    Args:
        problem: a name of `problem_names()`, a problem file's path or text, a dictionary with its keys, or a `Problem`.
        masked_actions: `refuse` raises `MaskedAction`; `nearest` takes the allowed choice nearest to a masked one, for learners that
            don't know masks.
        render_mode: `ansi`, `rgb_array` or None.
    """

    kind = _library.DESIGN

    def __init__(
        self, problem: File | Problem = "efficientnet-b7", *, masked_actions: str = "refuse",
        render_mode: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(problem, {"maskedActions": masked_actions}, render_mode)
        self._make_action_space()

    def _set_up(self) -> None:
        super()._set_up()
        self._names = [parameter.name for parameter in self.problem.parameters]

    def _info(self) -> Info:
        position = self._transition.position
        return {"action_mask": self._mask.copy(), "parameter": self._names[position] if position >= 0 else None}

    def _state(self) -> str:
        if self._is_over:
            return "complete"
        if not self._has_begun:
            return "not begun"
        position = self._transition.position
        return f"next: {self._names[position]} ({position + 1} of {len(self._names)})"

    def _chip(self) -> dict[str, Any] | None:
        return self._library.json(self._library.environment_chip, self._handle) if self._has_begun else None


class FlatDesignEnv(_DesignObserving):
    """The design environment in one step: an action is a choice for every parameter.

    Choices of parameters that don't apply (the sizes of a disabled L2) are ignored. Every action is taken; one that breaks a budget ends with
    the reward of an infeasible design. `info["action_mask"]` is a tuple with a mask for each parameter, as `MultiDiscrete.sample` takes it: the choices that
    lie in some design within the budgets.
    """

    kind = _library.FLAT_DESIGN

    def __init__(
        self, problem: File | Problem = "efficientnet-b7", *, render_mode: str | None = None
    ) -> None:
        super().__init__(problem, {"maskedActions": "refuse"}, render_mode)
        self._make_action_space()

    def _make_action_space(self) -> None:
        self.action_space = spaces.MultiDiscrete(self._counts)
        ends = np.cumsum(self._counts).tolist()
        self._mask_parts = [slice(end - count, end) for count, end in zip(self._counts, ends)]

    def _write(self, action: Any) -> None:
        found = np.asarray(action)
        if found.shape != (len(self._counts),) or not np.issubdtype(found.dtype, np.integer):
            raise self._wrong_action(found)
        if found.dtype == np.uint64 and (found >= 1 << 63).any():
            raise self._wrong_action(found)
        self._action[:] = found.tolist()

    def _info(self) -> Info:
        mask = self._mask.copy()
        return {"action_mask": tuple(mask[part] for part in self._mask_parts)}

    def _state(self) -> str:
        return "complete" if self._is_over else "nothing is decided"

    def _chip(self) -> dict[str, Any] | None:
        return self._library.json(self._library.environment_chip, self._handle) if self._is_over else None


class ResidencyEnv(NativeEnv):
    """An episode decides which tensors of a compiled workload stay in Global Memory, one a step: 1 keeps the tensor, 0 gives it up.

    A reward is the share of the time without residency that the step saves, so that an episode's rewards add up to the share saved.
    `info["action_mask"]` denies keeping what doesn't fit. The observation is a `Box` of 8 numbers in 0 … 1: the tensor's bytes, live regions,
    whether it is a weight, what it saves, what is free, whether it fits, the share decided, the share saved.

    Args:
        problem: whose workloads can be chosen.
        workload: one of them; the first by default.
        design: a baseline's name, a design file's path or text, or a dictionary with its keys; the problem's baseline by default.
    """

    kind = _library.RESIDENCY

    def __init__(
        self, problem: File | Problem = "efficientnet-b7", *, workload: str | None = None,
        design: File | None = None, masked_actions: str = "refuse", render_mode: str | None = None,
    ) -> None:  # fmt: skip
        problem = shared_problem(problem)
        super().__init__(
            problem, {"maskedActions": masked_actions, **residency_options(problem, workload, design)}, render_mode
        )
        self._make_action_space()

    def _observation(self) -> npt.NDArray[np.float32]:
        return self._buffer.copy()

    def _final_info(self) -> Info:
        return {"cycles": self._library.json(self._library.environment_info, self._handle)["cycles"]}

    def _state(self) -> str:
        if not self._has_begun:
            return "not begun"
        found = self._library.json(self._library.environment_info, self._handle)
        return f"{'complete' if self._is_over else 'next: ' + found['tensor']}, {found['cycles']:.6g} cycles, {self._buffer[7]:.1%} saved"


__all__ = ["DesignEnv", "FlatDesignEnv", "Info", "NativeEnv", "Observation", "ResidencyEnv"]
