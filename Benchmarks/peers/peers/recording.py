"""Trials of learners that step an environment instead of asking and telling."""
import time

import gymnasium

from .trials import BudgetSpent

# More steps than any budget takes.
ENDLESS = 10**9


class Recording(gymnasium.Wrapper):
    """Records a trial where an episode ends, and ends the search when the budget is spent. `mask` is that of the last reset or step."""

    def __init__(self, environment, trials):
        super().__init__(environment)
        self.trials = trials
        self.mask = None

    def reset(self, **options):
        observation, info = self.env.reset(**options)
        self.mask = info["action_mask"]
        return observation, info

    def step(self, action):
        before = time.perf_counter()
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.trials.spend(time.perf_counter() - before)
        self.mask = info.get("action_mask")
        if terminated:
            self.trials.record(reward, info["objective"])
            if len(self.trials.rows) >= self.trials.budget:
                raise BudgetSpent
        return observation, reward, terminated, truncated, info


def learn(model):
    """Learns until the budget is spent."""
    model.learn(total_timesteps=ENDLESS, progress_bar=False)
