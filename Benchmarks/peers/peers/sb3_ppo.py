"""Stable-Baselines3's PPO on the sequential environment: a masked choice is replaced by the nearest allowed one, as PPO knows no masks."""
import gymnasium
import stable_baselines3

from .recording import Recording, learn

# Nothing depends on the budget: a run of 2,000 trials contains the run of 500. An episode is a design of up to 21 steps, so that gamma is 1; 512 steps are about
# 25 designs an update.
SETTINGS = {
    "n_steps": 512, "batch_size": 128, "n_epochs": 10, "learning_rate": 1e-3, "gamma": 1.0, "gae_lambda": 0.95, "ent_coef": 0.01,
    "clip_range": 0.2, "policy_kwargs": {"net_arch": [128, 128]},
}


def search(trials, seed):
    import fast_gym  # registers the environments

    environment = gymnasium.make("fast/Design-v0", problem=trials.problem, masked_actions="nearest")
    environment = gymnasium.wrappers.FlattenObservation(Recording(environment, trials))
    learn(stable_baselines3.PPO("MlpPolicy", environment, seed=seed, device="cpu", **SETTINGS))
