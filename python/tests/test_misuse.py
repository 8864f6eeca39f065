"""What users do wrong ends in an exception that says what was expected, never in a crash."""

import copy
import ctypes
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import threading
import time

import gymnasium
import numpy as np
import pytest

import fast_gym
from conftest import PROBLEM
from fast_gym import _library, errors
from test_environments import IDS, play


@pytest.mark.parametrize("name", IDS)
def test_steps_outside_of_an_episode(name):
    environment = gymnasium.make(name, problem=PROBLEM).unwrapped
    action = np.zeros(21, dtype=int) if name == "fast/FlatDesign-v0" else 0
    with pytest.raises(gymnasium.error.ResetNeeded, match="reset"):
        environment.step(action)
    play(environment)
    with pytest.raises(errors.ResetNeeded, match="after the end of an episode"):
        environment.step(action)
    environment.reset()
    environment.step(action)


@pytest.mark.parametrize("action", [-1, 11, 10**30, 1.0, "3", None, [1], np.zeros(2, dtype=int), np.float32(1), np.array([[1]])])
def test_actions_outside_of_the_space(action):
    environment = gymnasium.make("fast/Design-v0", problem=PROBLEM)
    environment.reset()
    with pytest.raises(errors.ActionOutsideSpace, match=r"expected an action of Discrete\(11\)"):
        environment.step(action)
    for good in (1, np.int64(1), np.int32(1), np.uint8(1), np.array(1)):
        environment.reset()
        environment.step(good)


@pytest.mark.parametrize(
    "action", [np.zeros(20, dtype=int), np.zeros((21, 1), dtype=int), np.zeros(21), np.full(21, 99), np.full(21, -1), 3, None, "x"]
)
def test_flat_actions_outside_of_the_space(action):
    environment = gymnasium.make("fast/FlatDesign-v0", problem=PROBLEM)
    environment.reset()
    with pytest.raises(errors.ActionOutsideSpace, match="21|MultiDiscrete"):
        environment.step(action)
    environment.step([0] * 21)


def test_masked_actions_name_the_mask_and_change_nothing():
    environment = gymnasium.make("fast/Design-v0", problem=PROBLEM)
    before, _ = environment.reset()
    with pytest.raises(errors.MaskedAction, match=r"peGridX \(of 0 ..< 9: \[0, 1"):
        environment.step(10)
    assert environment.step(0)[4]["parameter"] == "peGridY"


def test_arguments():
    for arguments, words in (
        ({"problem": "efficientnet-b77"}, "did you mean"), ({"masked_actions": "maybe"}, "refuse"), ({"render_mode": "human"}, "ansi"),
    ):  # fmt: skip
        with pytest.raises(errors.FastError, match=words):
            fast_gym.DesignEnv(**{"problem": PROBLEM, **arguments})
    with pytest.raises(ValueError, match="one of the problem's workloads"):
        fast_gym.ResidencyEnv(PROBLEM, workload="bert-base-128")
    with pytest.raises(errors.FastError, match="tpu-v3"):
        fast_gym.ResidencyEnv(PROBLEM, design="tpu-v33")
    with pytest.raises(errors.BadData, match="expected the key 'datapath'"):
        fast_gym.ResidencyEnv(PROBLEM, design={"batch": 1})
    for environment in (fast_gym.DesignEnv(PROBLEM), fast_gym.DesignVectorEnv(2, PROBLEM)):
        with pytest.raises(ValueError, match="expected a dictionary or None as options, found int"):
            environment.reset(options=3)


@pytest.mark.parametrize("name", IDS)
def test_use_after_close(name):
    environment = gymnasium.make(name, problem=PROBLEM, render_mode="ansi").unwrapped
    environment.reset()
    environment.close()
    environment.close()
    action = np.zeros(21, dtype=int) if name == "fast/FlatDesign-v0" else 0
    for use in (environment.reset, lambda: environment.step(action), lambda: copy.deepcopy(environment)):
        with pytest.raises(gymnasium.error.ClosedEnvironmentError, match="closed"):
            use()


def test_use_of_a_closed_problem():
    problem = fast_gym.Problem(PROBLEM)
    environment = fast_gym.DesignEnv(problem)
    problem.close()
    with pytest.raises(errors.Closed):
        problem.evaluate(problem.counts - 1)
    play(environment)


@pytest.mark.parametrize("name", IDS)
def test_copies_go_on_from_the_same_state(name):
    original = gymnasium.make(name, problem=PROBLEM)
    original.reset(seed=3)
    if name != "fast/FlatDesign-v0":
        for _ in range(7):
            original.step(0)
    copies = [copy.deepcopy(original), pickle.loads(pickle.dumps(original))]
    rng = np.random.default_rng(1)
    over = False
    while not over:
        masks = original.unwrapped.action_masks()
        action = np.zeros(21, dtype=int) if name == "fast/FlatDesign-v0" else int(rng.choice(np.flatnonzero(masks)))
        expected = original.step(action)
        over = expected[2]
        for other in copies:
            found = other.step(action)
            np.testing.assert_equal(found, expected)
            np.testing.assert_array_equal(other.unwrapped.action_masks(), original.unwrapped.action_masks())
    for other in copies:
        with pytest.raises(errors.ResetNeeded):
            other.step(action)
        # Its random actions keep to its own mask.
        other.reset()
        other.step(other.action_space.sample())


def test_two_threads_in_one_environment_are_told():
    environment = fast_gym.DesignEnv(PROBLEM)
    environment.reset()
    problems, busy = [], []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for round in range(3000):
            try:
                if round % 5 == 0:
                    environment.reset()
                else:
                    observation = environment.step(0)[0]
                    if observation not in environment.observation_space:
                        problems.append("outside of the space")
            except errors.Busy:
                busy.append(round)
            except errors.ResetNeeded:
                pass
            except Exception as error:  # noqa: BLE001
                problems.append(repr(error))

    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(0.005)
    assert not problems


def test_the_library_itself_tells_threads_apart():
    """Without Python's own lock: every call steps, or is told that the environment is busy or over."""
    environment = fast_gym.DesignEnv(PROBLEM)
    library, statuses = _library.library(), set()

    def work() -> None:
        transition = _library.Transition(struct_size=ctypes.sizeof(_library.Transition))
        action = ctypes.c_int64(0)
        for round in range(5000):
            if round % 30 == 0:
                status = library.environment_reset(environment._handle, 0, 0, ctypes.byref(transition))
            else:
                status = library.environment_step(environment._handle, ctypes.byref(action), 1, ctypes.byref(transition))
            statuses.add(status)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses <= {0, 3, 4, 5} and 0 in statuses


def test_closing_while_other_threads_use_it():
    for _ in range(20):
        environment = fast_gym.DesignEnv(PROBLEM)
        environment.reset()
        failures = []

        def work() -> None:
            try:
                for _ in range(200):
                    environment.reset()
                    environment.step(0)
            except (errors.Closed, errors.Busy):
                pass
            except Exception as error:  # noqa: BLE001
                failures.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        environment.close()
        thread.join()
        assert not failures


def test_threads_share_a_problem(problem):
    rows = np.stack([problem.sample(seed, within_budget=True) for seed in range(12)])
    expected = problem.evaluate_batch(rows, threads=1).reward.tolist()
    found = {}

    def work(number: int) -> None:
        found[number] = [problem.evaluate(row).reward for row in rows]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [expected] * 3


def child(body) -> None:
    """Runs a body in a forked child, which must end well."""
    pid = os.fork()
    if pid == 0:
        try:
            body()
        except BaseException as error:  # noqa: BLE001
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_goes_on(problem):
    environment = fast_gym.DesignEnv(problem)
    environment.reset()
    vector = fast_gym.FlatDesignVectorEnv(4, problem, threads=2)
    vector.reset()
    rows = np.stack([problem.sample(seed, within_budget=True) for seed in range(8)])
    expected = problem.evaluate_batch(rows, threads=2).reward

    def body() -> None:
        environment.step(0)
        vector.step(np.zeros((4, 21), dtype=int))
        np.testing.assert_array_equal(problem.evaluate_batch(rows, threads=2).reward, expected)
        assert fast_gym.Problem(PROBLEM).baseline.objective == 1

    child(body)
    environment.step(0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_childs_threads_wait_for_one_another(problem):
    # Whatever a thread keeps of its own is kept by now, and the child's first thread has it from its parent.
    problem.evaluate(problem.sample(1))
    # Nothing of it is worked out: the child's threads all want the same at once.
    other = fast_gym.Problem("resnet-50-v2")
    rows = np.stack([other.sample(seed, within_budget=True) for seed in range(8)])
    for _ in range(50):
        child(lambda: other.evaluate_batch(rows, threads=8))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_is_told_of_what_another_thread_was_using():
    problem = fast_gym.Problem("efficientnet-b7")
    other = fast_gym.Problem(PROBLEM)
    rows = np.stack([problem.sample(seed, within_budget=True) for seed in range(200)])
    started, stop = threading.Event(), threading.Event()

    def work() -> None:
        while not stop.is_set():
            started.set()
            problem._evaluate(rows, 2)

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    time.sleep(0.2)

    def body() -> None:
        try:
            problem.evaluate(rows[0])
        except errors.Forked as error:
            assert "forked" in str(error)
        other.evaluate(other.sample(1))

    child(body)
    stop.set()
    thread.join()


def test_gymnasiums_vector_of_processes():
    vector = gymnasium.make_vec("fast/Design-v0", num_envs=2, vectorization_mode="async", problem=PROBLEM)
    vector.reset(seed=1)
    vector.step(np.zeros(2, dtype=int))
    vector.close()


# --- The library


def run(code: str, **environment: str) -> subprocess.CompletedProcess:
    variables = {**os.environ, "PYTHONPATH": str(pathlib.Path(fast_gym.__file__).parent.parent), **environment}
    # Python looks in the current folder first.
    return subprocess.run([sys.executable, "-c", code], env=variables, cwd=os.path.sep, capture_output=True, text=True, check=False)


def test_a_missing_library_says_what_to_do(tmp_path):
    found = run("import fast_gym; fast_gym.DesignEnv()", FAST_LIBRARY=str(tmp_path / "none.so"))
    assert found.returncode == 1 and "LibraryError: expected a libfast.so where FAST_LIBRARY says" in found.stderr
    alone = tmp_path / "fast_gym"
    shutil.copytree(pathlib.Path(fast_gym.__file__).parent, alone, ignore=shutil.ignore_patterns("native", "__pycache__"))
    found = run("import fast_gym; fast_gym.DesignEnv()", FAST_LIBRARY="", PYTHONPATH=str(tmp_path))
    assert found.returncode == 1 and "run `make library`" in found.stderr


def test_a_file_that_is_no_library(tmp_path):
    (tmp_path / "libfast.so").write_text("no library")
    found = run("import fast_gym; fast_gym.DesignEnv()", FAST_LIBRARY=str(tmp_path / "libfast.so"))
    assert found.returncode == 1 and "cannot be loaded" in found.stderr


def test_a_library_of_another_version_is_refused(tmp_path):
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("there is no C compiler")
    (tmp_path / "stub.c").write_text("unsigned fast_abi_version(void) { return 99; }\n")
    stub = tmp_path / "libfast.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(stub), str(tmp_path / "stub.c")], check=True)
    found = run("import fast_gym; fast_gym.DesignEnv()", FAST_LIBRARY=str(stub))
    assert found.returncode == 1
    assert f"expected a libfast of interface version {_library.ABI_VERSION}, as this fast_gym is, found version 99 in {stub}" in found.stderr


def test_a_layout_of_another_version_is_refused(problem):
    library = _library.library()
    outcome = _library.Outcome(struct_size=8)
    with pytest.raises(errors.BadArgument, match="fast_outcome.struct_size"):
        library.check(library.problem_evaluate(problem._handle, problem.sample(1).ctypes.data, 21, 1, 1, ctypes.addressof(outcome), None, 0))
