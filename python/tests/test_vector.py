"""Native vectors equal separate environments, on any number of threads."""

import copy

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

import fast_gym
from conftest import PROBLEM


def make(name, number, **options):
    return gymnasium.make_vec(name, num_envs=number, vectorization_mode="vector_entry_point", problem=PROBLEM, **options)


def reference(name, number):
    return gymnasium.make_vec(
        name, num_envs=number, vectorization_mode="sync", problem=PROBLEM,
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
    )  # fmt: skip


def same(a, b):
    if isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            same(a[key], b[key])
    elif isinstance(a, np.ndarray) and a.dtype == object:
        assert len(a) == len(b)
        for left, right in zip(a, b):
            same(left, right)
    else:
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["fast/Design-v0", "fast/FlatDesign-v0", "fast/Residency-v0"])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_it_equals_gymnasiums_own_vector(name, threads):
    native, separate = make(name, 5, threads=threads), reference(name, 5)
    assert native.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    assert native.observation_space == separate.observation_space
    assert native.action_space == separate.action_space
    rng = np.random.default_rng(2)
    same(native.reset(seed=4)[0], separate.reset(seed=4)[0])
    ends = 0
    for _ in range({"fast/Design-v0": 60, "fast/FlatDesign-v0": 6, "fast/Residency-v0": 800}[name]):
        masks = native.unwrapped.action_masks()
        width = native.single_action_space.nvec.tolist() if name == "fast/FlatDesign-v0" else [masks.shape[1]]
        parts = np.split(masks, np.cumsum(width)[:-1], axis=1)
        actions = np.stack([[rng.choice(np.flatnonzero(row)) if row.any() else 0 for row in part] for part in parts], axis=1)
        actions = actions if len(width) > 1 else actions[:, 0]
        mine, theirs = native.step(actions), separate.step(actions)
        for a, b in zip(mine[:4], theirs[:4]):
            same(a, b)
        if mine[2].any():
            ends += 1
            np.testing.assert_array_equal(mine[4]["_final_obs"], mine[2])
            same(mine[4]["final_obs"], theirs[4]["final_obs"])
            if name != "fast/Residency-v0":
                for key in ("objective", "feasible", "area_mm2", "decisions"):
                    same(mine[4]["final_info"][key][mine[2]], theirs[4]["final_info"][key][mine[2]])
        if name == "fast/Design-v0":
            same(mine[4]["action_mask"], theirs[4]["action_mask"])
    assert ends > 1


def test_random_actions_are_allowed():
    vector = make("fast/Design-v0", 8)
    vector.action_space.seed(1)
    vector.reset()
    for _ in range(60):
        vector.step(vector.action_space.sample())


def test_gymnasiums_wrappers_work():
    vector = gymnasium.wrappers.vector.RecordEpisodeStatistics(make("fast/FlatDesign-v0", 3))
    vector.reset(seed=1)
    _, rewards, _, _, infos = vector.step(vector.action_space.sample())
    np.testing.assert_allclose(infos["episode"]["r"], rewards)


@pytest.mark.parametrize(
    "actions, words",
    [
        (np.zeros(3), "whole numbers of shape \\(4,\\)"),
        (np.zeros(4), "dtype float64"),
        (np.zeros((4, 1), dtype=int), "shape \\(4, 1\\)"),
        (np.array([0, 0, 99, 0]), "environment 2: expected an action"),
        (np.array([0, 10, 0, 0]), "environment 1: .* the mask"),
        (None, "shape"),
    ],
)
def test_wrong_actions_are_refused_and_change_nothing(actions, words):
    vector = make("fast/Design-v0", 4)
    with pytest.raises(fast_gym.errors.ResetNeeded, match="environment 0"):
        vector.step(np.zeros(4, dtype=int))
    vector.reset()
    with pytest.raises(gymnasium.error.InvalidAction, match=words):
        vector.step(actions)
    assert vector.step(np.zeros(4, dtype=int))[4]["position"].tolist() == [1] * 4


def test_bad_arguments_and_use_after_close():
    for arguments, words in (
        ({"num_envs": 0}, "num_envs: expected a whole number from 1 to"), ({"num_envs": 2.5}, "num_envs.* found 2.5"),
        ({"num_envs": (1 << 64) + 2}, "num_envs"), ({"threads": 0}, "threads: expected"), ({"threads": (1 << 32) + 1}, "threads"),
        ({"threads": "two"}, "threads.*'two'"), ({"masked_actions": "yes"}, "refuse"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            fast_gym.DesignVectorEnv(**{"num_envs": 2, "problem": PROBLEM, **arguments})
    with pytest.raises(TypeError, match="nonsense"):
        fast_gym.DesignVectorEnv(2, PROBLEM, nonsense=1)
    with pytest.raises(ValueError, match="one of the problem's workloads"):
        fast_gym.ResidencyVectorEnv(2, PROBLEM, workload="bert-base-128")
    with pytest.raises(ValueError, match="render_mode"):
        fast_gym.DesignVectorEnv(2, PROBLEM, render_mode="ansi")
    vector = make("fast/Design-v0", 2)
    with pytest.raises(ValueError, match="seeds, found -2"):
        vector.reset(seed=[1, -2])
    with pytest.raises(TypeError, match="make another one"):
        copy.deepcopy(vector)
    vector.close()
    vector.close()
    with pytest.raises(fast_gym.errors.Closed, match="closed"):
        vector.unwrapped.reset()
