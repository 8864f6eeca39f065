"""Vectors of environments that step natively, on several threads."""

from __future__ import annotations

import ctypes
import threading
import weakref
from collections.abc import Mapping
from typing import Any, ClassVar

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from . import _library
from .environments import Info, OutcomeReader, _Exclusive, observation_space, options_text, require_options, residency_options
from .errors import ActionOutsideSpace, BadArgument
from .problem import File, Problem, shared_problem, thread_count, whole_number
from .spaces import MaskedDiscrete, MaskedMultiDiscrete


class NativeVectorEnv(gymnasium.vector.VectorEnv[Any, Any, Any]):
    """Several instances of an environment that step together, in the library: Gymnasium's SAME_STEP autoreset.

    An instance whose episode ends begins the next one in the same step: observation and `infos["action_mask"]` are those of the new episode, and
    `infos["final_obs"]` and `infos["final_info"]` what the old one ended with, as Gymnasium's own vectors have them. Results don't depend on the number of threads.

    Args:
        num_envs: how many instances.
        problem: as of `DesignEnv`.
        threads: how many steps that complete a design are taken at the same time; all cores by default.
        masked_actions: as of `DesignEnv`.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": []}
    kind: ClassVar[int] = _library.DESIGN

    def __init__(
        self, num_envs: int = 1, problem: File | Problem = "efficientnet-b7", *, threads: int | None = None,
        masked_actions: str = "refuse", render_mode: str | None = None, _options: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        if render_mode is not None:
            raise BadArgument(f"expected no render_mode of a native vector, found {render_mode!r}; make one environment to render")
        self.num_envs = num_envs = whole_number("num_envs", num_envs, 1 << 20)
        threads = thread_count(threads)
        self.problem = shared_problem(problem)
        self._library = library = _library.library()
        handle = ctypes.c_uint64()
        text = options_text(maskedActions=masked_actions, **(_options or {}))
        library.check(
            library.vector_open(self.problem._handle, self.kind, text, num_envs, threads, ctypes.byref(handle))
        )
        self._handle = handle.value
        self._finalizer = weakref.finalize(self, library.vector_close, self._handle)
        self._lock = threading.Lock()

        description = library.json(library.vector_describe, self._handle)
        counts: list[int] = description["actions"]
        self.single_observation_space = observation_space(description)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self._parts: list[tuple[str, slice]] = []
        start = 0
        for part in description["observation"]:
            self._parts.append((part["name"], slice(start, start + part["count"])))
            start += part["count"]

        self._observations = np.zeros((num_envs, start), dtype=np.float32)
        self._finals = np.zeros_like(self._observations)
        self._masks = np.zeros((num_envs, description["maskCount"]), dtype=np.int8)
        self._rewards = np.zeros(num_envs)
        self._terminated = np.zeros(num_envs, dtype=np.bool_)
        self._truncated = np.zeros(num_envs, dtype=np.bool_)
        self._positions = np.zeros(num_envs, dtype=np.int64)
        self._transition = _library.VectorTransition(
            struct_size=ctypes.sizeof(_library.VectorTransition), observations=self._observations.ctypes.data,
            observation_count=self._observations.size, masks=self._masks.ctypes.data, mask_count=self._masks.size, count=num_envs,
            rewards=self._rewards.ctypes.data, terminated=self._terminated.ctypes.data, truncated=self._truncated.ctypes.data,
            positions=self._positions.ctypes.data, final_observations=self._finals.ctypes.data,
        )  # fmt: skip
        self._transition_address = ctypes.c_void_p(ctypes.addressof(self._transition))
        self._actions = np.zeros((num_envs, len(counts)) if len(counts) > 1 else num_envs, dtype=np.int64)
        self._actions_address = ctypes.c_void_p(self._actions.ctypes.data)
        self._outcomes = OutcomeReader(self.problem)

        if len(counts) > 1:
            self.single_action_space: spaces.Space[Any] = spaces.MultiDiscrete(counts)
            self.action_space: spaces.Space[Any] = batch_space(self.single_action_space, num_envs)
        else:
            live = self._masks if masked_actions == "refuse" else None
            self.single_action_space = MaskedDiscrete(counts[0])
            self.action_space = MaskedMultiDiscrete([counts[0]] * num_envs, live)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, Info]:
        """Begins an episode in every instance. Nothing is left to chance, so seeds change nothing but `np_random`."""
        require_options(options)
        if options is not None and "reset_mask" in options:
            raise BadArgument("expected no reset_mask, found one; instances begin their episodes by themselves (SAME_STEP)")
        if isinstance(seed, (list, tuple)):
            if len(seed) != self.num_envs:
                raise BadArgument(f"expected {self.num_envs} seeds, found {len(seed)}")
            for one in seed:
                if one is not None and (not isinstance(one, int) or one < 0):
                    raise BadArgument(f"expected whole numbers of at least 0, or None, as seeds, found {one!r}")
            seed = seed[0]
        super().reset(seed=seed)
        with _Exclusive(self._lock):
            self._library.check(
                self._library.vector_reset(
                    self._handle, int(seed is not None), (seed or 0) & (1 << 64) - 1, self._transition_address
                )
            )
            return self._batch(self._observations), self._infos()

    def step(self, actions: Any) -> tuple[Any, npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.bool_], Info]:
        """Acts in every instance. Where one refuses its action, the exception names it, and none has changed."""
        with _Exclusive(self._lock):
            found = np.asarray(actions)
            if found.shape != self._actions.shape or not np.issubdtype(found.dtype, np.integer):
                raise ActionOutsideSpace(
                    f"expected whole numbers of shape {self._actions.shape} as actions, found shape {found.shape} and dtype {found.dtype}"
                )
            self._actions[...] = found
            status = self._library.vector_step(self._handle, self._actions_address, self._actions.size, self._transition_address)
            if status:
                raise self._library.error(status)
            infos = self._infos()
            done = self._terminated | self._truncated
            if done.any():
                self._add_finals(infos, done)
            return (
                self._batch(self._observations), self._rewards.copy(), self._terminated.copy(), self._truncated.copy(), infos,
            )  # fmt: skip

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """Which choices are allowed now, a row an instance."""
        allowed: npt.NDArray[np.bool_] = self._masks == 1
        return allowed

    def close_extras(self, **kwargs: Any) -> None:
        self._finalizer()

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(
            "expected no copy of a native vector; make another one with the same arguments, or copy a single environment"
        )

    def _batch(self, rows: npt.NDArray[np.float32]) -> Any:
        copy = rows.copy()
        return {name: copy[:, part] for name, part in self._parts} if len(self._parts) > 1 else copy

    def _infos(self) -> Info:
        everywhere = np.ones(self.num_envs, dtype=np.bool_)
        infos: Info = {"action_mask": self._masks.copy(), "_action_mask": everywhere}
        if self.kind == _library.DESIGN:
            infos["position"], infos["_position"] = self._positions.copy(), everywhere
        return infos

    def _add_finals(self, infos: Info, done: npt.NDArray[np.bool_]) -> None:
        final_obs = np.full(self.num_envs, None, dtype=object)
        final_info: Info = {}
        for index in np.flatnonzero(done):
            row = self._finals[index].copy()
            final_obs[index] = {name: row[part] for name, part in self._parts} if len(self._parts) > 1 else row
            if self.kind != _library.RESIDENCY:
                found = self._outcomes.read(self._library.vector_outcome, self._handle, int(index))
                final_info = self._add_info(final_info, found, int(index))
        infos["final_obs"], infos["_final_obs"] = final_obs, done
        infos["final_info"], infos["_final_info"] = final_info, done


class DesignVectorEnv(NativeVectorEnv):
    """`DesignEnv`, several at once."""

    kind = _library.DESIGN


class FlatDesignVectorEnv(NativeVectorEnv):
    """`FlatDesignEnv`, several at once: every step completes `num_envs` designs."""

    kind = _library.FLAT_DESIGN


class ResidencyVectorEnv(NativeVectorEnv):
    """`ResidencyEnv`, several at once, with its `workload` and `design`."""

    kind = _library.RESIDENCY

    def __init__(
        self, num_envs: int = 1, problem: File | Problem = "efficientnet-b7", *, threads: int | None = None,
        workload: str | None = None, design: File | None = None,
        masked_actions: str = "refuse", render_mode: str | None = None,
    ) -> None:  # fmt: skip
        problem = shared_problem(problem)
        super().__init__(
            num_envs, problem, threads=threads, masked_actions=masked_actions, render_mode=render_mode,
            _options=residency_options(problem, workload, design),
        )  # fmt: skip


__all__ = ["DesignVectorEnv", "FlatDesignVectorEnv", "NativeVectorEnv", "ResidencyVectorEnv"]
