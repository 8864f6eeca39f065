"""Stable-Baselines3 and sb3-contrib accept the environments and learn on them. Skipped where they aren't installed: `pip install fast-gym[sb3]`."""

import warnings

import gymnasium
import pytest

from conftest import PROBLEM
from test_environments import IDS

pytest.importorskip("stable_baselines3")


@pytest.mark.parametrize("name", IDS)
def test_its_checker_has_nothing_to_say(name):
    from stable_baselines3.common.env_checker import check_env

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(name, problem=PROBLEM, render_mode="rgb_array"))


def test_ppo_runs_without_masks():
    from stable_baselines3 import PPO

    environment = gymnasium.make("fast/Design-v0", problem=PROBLEM, masked_actions="nearest")
    PPO("MultiInputPolicy", environment, n_steps=64, batch_size=32, n_epochs=1, seed=1).learn(128)


@pytest.mark.parametrize("name", ["fast/Design-v0", "fast/FlatDesign-v0", "fast/Residency-v0"])
def test_maskable_ppo_keeps_to_the_masks(name):
    contrib = pytest.importorskip("sb3_contrib")
    from sb3_contrib.common.maskable.utils import get_action_masks

    environment = gymnasium.make(name, problem=PROBLEM)
    policy = "MlpPolicy" if name == "fast/Residency-v0" else "MultiInputPolicy"
    model = contrib.MaskablePPO(policy, environment, n_steps=64, batch_size=32, n_epochs=1, seed=1)
    model.learn(128)
    observation, _ = environment.reset()
    over = False
    while not over:
        action, _ = model.predict(observation, action_masks=get_action_masks(environment))
        observation, _, over, _, _ = environment.step(action)
