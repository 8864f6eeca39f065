import pytest

import fast_gym

#: A problem that is costed quickly.
PROBLEM = "efficientnet-b0"


@pytest.fixture(scope="session")
def problem() -> fast_gym.Problem:
    return fast_gym.Problem(PROBLEM)
