"""Optuna's tree-structured Parzen estimator."""
import optuna

from .trials import is_number


def search(trials, seed):
    """Multivariate TPE in groups, so that conditional parameters are modelled together where they occur; numbers by their position, on which
    the scale is even (powers of two), words as categories."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True, n_startup_trials=32)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    def objective(trial):
        choices = []
        for parameter in trials.parameters:
            # The sizes of a disabled L2 are not asked for.
            if not trials.applies(parameter, choices):
                choices.append(0)
            elif len(parameter.choices) == 1:
                choices.append(0)
            elif is_number(parameter):
                choices.append(trial.suggest_int(parameter.name, 0, len(parameter.choices) - 1))
            else:
                choices.append(trial.suggest_categorical(parameter.name, list(range(len(parameter.choices)))))
        return trials.evaluate(choices)

    study.optimize(objective, n_trials=trials.budget)
