"""sb3-contrib's MaskablePPO on the sequential environment, with its masks."""
import gymnasium
import sb3_contrib

from .recording import Recording, learn
from .sb3_ppo import SETTINGS


class Masks(gymnasium.Wrapper):
    """What sb3-contrib asks for."""

    def action_masks(self):
        return self.get_wrapper_attr("mask")


def search(trials, seed):
    import fast_gym  # registers the environments

    environment = gymnasium.make("fast/Design-v0", problem=trials.problem)
    environment = Masks(gymnasium.wrappers.FlattenObservation(Recording(environment, trials)))
    learn(sb3_contrib.MaskablePPO("MlpPolicy", environment, seed=seed, device="cpu", **SETTINGS))
