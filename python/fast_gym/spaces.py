"""Action spaces whose samples keep to the present mask, so that code that draws random actions just works."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

Mask = npt.NDArray[np.int8]


class MaskedDiscrete(spaces.Discrete):
    """A `Discrete` that, sampled without a mask, draws from what the environment that it belongs to allows now.

    It contains what a `Discrete` contains. A copy, or one that went through pickle, belongs to no environment and is a plain `Discrete`.
    """

    def __init__(self, n: int, live: Mask | None = None) -> None:
        super().__init__(n)
        self._live = live

    def sample(self, mask: Any = None, probability: Any = None) -> np.int64:
        live = self._live
        if mask is None and probability is None and live is not None and live.any():
            mask = live
        return super().sample(mask, probability)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_live": None}

    def __setstate__(self, state: Any) -> None:
        self._live = None
        super().__setstate__(state)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, spaces.Discrete) and (self.n, self.start) == (other.n, other.start)


class MaskedMultiDiscrete(spaces.MultiDiscrete):
    """The actions of several environments, one number each, sampled as `MaskedDiscrete` does."""

    def __init__(self, nvec: list[int], live: Mask | None = None) -> None:
        super().__init__(nvec)
        self._live = live

    def sample(self, mask: Any = None, probability: Any = None) -> npt.NDArray[np.int64]:
        live = self._live
        if mask is not None or probability is not None or live is None or not live.any(axis=1).all():
            return super().sample(mask, probability)
        # The largest of as many random numbers as there are allowed choices is at any of them with the same probability.
        choices: npt.NDArray[np.int64] = np.argmax(np.where(live == 1, self.np_random.random(live.shape), -1.0), axis=1)
        return choices

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_live": None}

    def __setstate__(self, state: Any) -> None:
        self._live = None
        super().__setstate__(state)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, spaces.MultiDiscrete) and bool(
            self.nvec.shape == other.nvec.shape and np.all(self.nvec == other.nvec)
        )
