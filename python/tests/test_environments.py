"""The registered environments keep Gymnasium's contract, and say what the library says."""

import json
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import fast_gym
from conftest import PROBLEM

IDS = ["fast/Design-v0", "fast/FlatDesign-v0", "fast/Residency-v0"]


def play(environment, seed=0):
    """A random episode: the transitions."""
    rng = np.random.default_rng(seed)
    observation, info = environment.reset(seed=seed)
    steps, over = [], False
    while not over:
        masks = environment.unwrapped.action_masks()
        if isinstance(environment.action_space, gymnasium.spaces.MultiDiscrete):
            ends = np.cumsum(environment.action_space.nvec)[:-1]
            action = np.array([rng.choice(np.flatnonzero(m)) if m.any() else 0 for m in np.split(masks, ends)])
        else:
            action = int(rng.choice(np.flatnonzero(masks)))
        observation, reward, over, truncated, info = environment.step(action)
        assert not truncated
        steps.append((action, observation, reward, info))
    return steps


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("render_mode", [None, "ansi", "rgb_array"])
def test_gymnasiums_checker_has_nothing_to_say(name, render_mode):
    environment = gymnasium.make(name, problem=PROBLEM, render_mode=render_mode)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(environment.unwrapped)


@pytest.mark.parametrize("name", IDS)
def test_random_actions_of_the_action_space_keep_to_the_mask(name):
    environment = gymnasium.make(name, problem=PROBLEM)
    environment.action_space.seed(3)
    for _ in range(10):
        environment.reset()
        over = False
        while not over:
            observation, _, over, _, _ = environment.step(environment.action_space.sample())
            assert observation in environment.observation_space


def test_every_allowed_choice_is_drawn_and_no_other():
    environment = gymnasium.make("fast/Design-v0", problem=PROBLEM)
    _, info = environment.reset()
    drawn = {int(environment.action_space.sample()) for _ in range(400)}
    assert drawn == set(np.flatnonzero(info["action_mask"]).tolist())
    # With a mask of the caller's own, that one counts.
    mask = np.zeros(environment.action_space.n, dtype=np.int8)
    mask[10] = 1
    assert environment.action_space.sample(mask) == 10


def test_an_episode_ends_with_what_the_problem_says(problem):
    environment = gymnasium.make("fast/Design-v0", problem=problem)
    for seed in range(5):
        steps = play(environment, seed)
        assert [reward for _, _, reward, _ in steps[:-1]] == [0] * (len(steps) - 1)
        _, _, reward, info = steps[-1]
        outcome = problem.evaluate(info["decisions"])
        assert reward == outcome.reward and info["objective"] == outcome.objective and info["feasible"]
        assert info["workloads"][PROBLEM]["latency_seconds"] == outcome.workloads[PROBLEM].latency_seconds
        assert info["decisions"][info["decisions"] >= 0].tolist() == [action for action, *_ in steps]
        assert info["parameter"] is None and not info["action_mask"].any()


def test_the_parameters_come_in_the_problems_order(problem):
    environment = gymnasium.make("fast/Design-v0", problem=problem)
    _, info = environment.reset()
    names = [info["parameter"]] + [info["parameter"] for *_, info in play(environment)[:-1]]
    order = [parameter.name for parameter in problem.parameters]
    assert names == [name for name in order if name in names] and names[0] == order[0]
    assert {"l2InputMultiplier"} & set(names) or len(names) == len(order) - 3


def test_the_flat_environment_says_the_same(problem):
    sequential = gymnasium.make("fast/Design-v0", problem=problem)
    flat = gymnasium.make("fast/FlatDesign-v0", problem=problem)
    for seed in range(5):
        decisions = play(sequential, seed)[-1][3]["decisions"]
        _, start = flat.reset()
        assert flat.action_space.sample(start["action_mask"]).shape == (21,)
        observation, reward, terminated, _, info = flat.step(np.maximum(decisions, 0))
        assert terminated and reward == problem.evaluate(decisions).reward
        np.testing.assert_array_equal(info["decisions"], decisions)
        last = play(sequential, seed)[-1][1]
        np.testing.assert_array_equal(observation["design"], last["design"])


def test_infeasible_designs_end_with_a_reason(problem):
    flat = gymnasium.make("fast/FlatDesign-v0", problem=problem)
    flat.reset()
    _, reward, _, _, info = flat.step(problem.counts - 1)
    assert info["infeasibility"] in ("area", "tdp") and info["excess"] > 1 and info["objective"] is None
    assert problem.reward_range[0] <= reward < -8


def test_the_rewards_of_a_residency_episode_add_up():
    environment = gymnasium.make("fast/Residency-v0", problem=PROBLEM, masked_actions="nearest")
    cycles, saved = [], []
    for action in (0, 1):
        environment.reset()
        total, over = 0.0, False
        while not over:
            _, reward, over, _, info = environment.step(action)
            total += reward
        cycles.append(info["cycles"])
        saved.append(total)
    assert saved[0] == 0 and abs(saved[1] - (1 - cycles[1] / cycles[0])) < 1e-9 and saved[1] > 0


def test_a_residency_environment_takes_any_design():
    """Alone and in a vector, named, in a file's words, or in a dictionary."""
    cycles = set()
    small = fast_gym.evaluate("tpu-v3", PROBLEM).design | {"batch": 1}
    for design in ("tpu-v3", small, json.dumps(small)):
        environment = fast_gym.ResidencyEnv(PROBLEM, design=design)
        vector = fast_gym.ResidencyVectorEnv(2, PROBLEM, workload=PROBLEM, design=design)
        environment.reset()
        vector.reset()
        over = False
        while not over:
            over, info = environment.step(0)[2::2]
            vector_over = vector.step(np.zeros(2, dtype=int))[2]
        assert vector_over.all()
        cycles.add(info["cycles"])
    assert len(cycles) == 2


def test_learners_that_know_no_masks_get_the_nearest_choice(problem):
    environment = gymnasium.make("fast/Design-v0", problem=problem, masked_actions="nearest")
    environment.reset()
    taken, over = [], False
    while not over:
        allowed = np.flatnonzero(environment.unwrapped.action_masks())
        taken.append(int(allowed[-1]))
        _, _, over, _, info = environment.step(environment.action_space.n - 1)
    assert info["feasible"] and info["decisions"][info["decisions"] >= 0].tolist() == taken


def test_what_was_given_out_does_not_change():
    environment = gymnasium.make("fast/Design-v0", problem=PROBLEM)
    observation, info = environment.reset()
    kept = observation["design"].copy(), info["action_mask"].copy()
    play(environment)
    np.testing.assert_array_equal(observation["design"], kept[0])
    np.testing.assert_array_equal(info["action_mask"], kept[1])


def test_text_shows_the_chip_so_far():
    environment = gymnasium.make("fast/Design-v0", problem=PROBLEM, render_mode="ansi")
    environment.reset()
    assert "next: peGridX (1 of 21)" in environment.render()
    environment.step(3)
    assert "8x1 PEs" in environment.render()
    play(environment)
    assert "x the baseline" in environment.render() and "complete" in environment.render()


def test_the_floor_plan_is_in_proportion():
    from fast_gym import rendering

    areas = [50.0, 30.0, 12.0, 5.0, 2.0, 0.5]
    rectangles = rendering.treemap(areas, (10, 20, 300, 200))
    for area, (x, y, width, height) in zip(areas, rectangles):
        assert abs(width * height - area * 60000 / sum(areas)) < 1e-6
        assert 10 - 1e-6 <= x and x + width <= 310 + 1e-6 and 20 - 1e-6 <= y and y + height <= 220 + 1e-6
    # Together they fill the rectangle without overlap: no point of a grid lies in two of them.
    grid = [(10.5 + i, 20.5 + j) for i in range(300) for j in range(200)]
    inside = [sum(x <= a < x + w and y <= b < y + h for x, y, w, h in rectangles) for a, b in grid]
    assert set(inside) == {1}


def test_the_picture_has_each_component_in_its_colour():
    from fast_gym import rendering

    environment = gymnasium.make("fast/Design-v0", problem=PROBLEM, render_mode="rgb_array")
    environment.reset()
    for action in [3, 3, 5, 5, 1]:
        picture = environment.unwrapped.render()
        environment.step(action)
    picture = environment.unwrapped.render()
    assert picture.shape == (*rendering.SIZE, 3) and picture.dtype == np.uint8
    left, top, side = rendering.PLAN
    plan = picture[top : top + side, left : left + side].reshape(-1, 3)
    chip = environment.unwrapped._chip()
    pixels = side * side / chip["budget"]["areaMM2"]
    for component in chip["components"]:
        if component["areaMM2"] * pixels > 2000:
            found = np.all(plan == rendering.COLOURS[component["name"]], axis=1).sum()
            assert 0.85 < found / (component["areaMM2"] * pixels) < 1.1, component
