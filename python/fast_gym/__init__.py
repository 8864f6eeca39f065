"""Gymnasium environments in which an episode designs an inference accelerator.

>>> import gymnasium, fast_gym
>>> environment = gymnasium.make("fast/Design-v0", problem="efficientnet-b7")
>>> observation, info = environment.reset(seed=7)
>>> action = environment.action_space.sample(info["action_mask"])
>>> observation, reward, terminated, truncated, info = environment.step(action)

`docs/PYTHON.md` in the repository is the manual.
"""

from __future__ import annotations

import gymnasium

from . import errors
from ._library import library as _load
from .environments import DesignEnv, FlatDesignEnv, NativeEnv, ResidencyEnv
from .problem import Evaluation, Outcome, Outcomes, Parameter, Problem, WorkloadMetrics, evaluate, problem_names
from .vector import DesignVectorEnv, FlatDesignVectorEnv, NativeVectorEnv, ResidencyVectorEnv

__version__ = "0.1.0"


def library_version() -> str:
    """The version of the native library that is in use."""
    return _load().version


for _kind in ("Design", "FlatDesign", "Residency"):
    _id = f"fast/{_kind}-v0"
    if _id not in gymnasium.registry:
        gymnasium.register(
            _id, entry_point=f"fast_gym.environments:{_kind}Env", vector_entry_point=f"fast_gym.vector:{_kind}VectorEnv",
            # The library checks the order of calls by itself.
            order_enforce=False,
        )  # fmt: skip

__all__ = [
    "DesignEnv", "DesignVectorEnv", "Evaluation", "FlatDesignEnv", "FlatDesignVectorEnv", "NativeEnv", "NativeVectorEnv", "Outcome",
    "Outcomes", "Parameter", "Problem", "ResidencyEnv", "ResidencyVectorEnv", "WorkloadMetrics", "errors", "evaluate", "library_version",
    "problem_names",
]  # fmt: skip
