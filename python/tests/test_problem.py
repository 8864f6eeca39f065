"""The ask/tell view of a problem."""

import copy
import json
import os
import pathlib
import pickle
import shutil
from types import MappingProxyType

import gymnasium
import numpy as np
import pytest

import fast_gym
from conftest import PROBLEM
from fast_gym.errors import BadData, UnknownName


def test_the_baseline_is_worth_one(problem):
    assert problem.baseline.objective == 1 and problem.baseline.reward == 0
    assert fast_gym.evaluate("tpu-v3", PROBLEM).outcome.objective == 1
    assert fast_gym.evaluate(problem.baseline_design, PROBLEM).outcome.objective == 1


def test_the_size_is_the_product_of_the_choices(problem):
    sizes = {parameter.name: len(parameter.choices) for parameter in problem.parameters}
    l2 = {name: sizes.pop(name) for name in list(sizes) if name.startswith("l2") and "Multiplier" in name}
    configurations = sizes.pop("l2Configuration")
    assert problem.size == np.prod([float(n) for n in sizes.values()]) * (1 + (configurations - 1) * np.prod(list(l2.values())))


def test_values_and_decisions_are_two_ways_to_say_the_same(problem):
    rng = np.random.default_rng(5)
    with_l2 = 0
    for _ in range(50):
        decisions = problem.sample(rng)
        values = problem.decode(decisions)
        assert (values["l2Configuration"] == "disabled") == ("l2InputMultiplier" not in values)
        with_l2 += "l2InputMultiplier" in values
        np.testing.assert_array_equal(problem.encode(values), decisions)
        design = problem.design(values)
        assert design == problem.design(decisions)
        assert design["datapath"]["peGrid"] == {"x": values["peGridX"], "y": values["peGridY"]}
        assert design["compiler"]["softmax"] == values["softmax"]
        found = problem.evaluate_design(design)
        np.testing.assert_array_equal(found.decisions, decisions)
        assert found.outcome == problem.evaluate(values) == problem.evaluate(decisions)
    assert 0 < with_l2 <= 50


def test_choices_that_do_not_apply_are_ignored(problem):
    values = problem.decode(problem.sample(1, within_budget=True)) | {"l2Configuration": "disabled"}
    for name in ("l2InputMultiplier", "l2WeightMultiplier", "l2OutputMultiplier"):
        values.pop(name, None)
    decisions = problem.encode(values)
    assert (decisions == -1).sum() == 3
    assert problem.evaluate(decisions) == problem.evaluate(np.maximum(decisions, 0))
    assert problem.evaluate(values) == problem.evaluate(values | {"l2InputMultiplier": 4})
    with pytest.raises(BadData, match="l2WeightMultiplier"):
        problem.evaluate(values | {"l2Configuration": "shared", "l2InputMultiplier": 4})


def test_samples_are_decided_by_the_generator(problem):
    draws = [problem.sample(np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).any()
    within = problem.evaluate_batch([problem.sample(seed, within_budget=True) for seed in range(40)])
    assert set(within.reason.tolist()) <= {0, 4}


def test_batches_equal_single_evaluations_on_any_number_of_threads(problem):
    rng = np.random.default_rng(8)
    rows = np.stack([problem.sample(rng, within_budget=bool(i % 2)) for i in range(40)])
    batches = [problem.evaluate_batch(rows, threads=threads) for threads in (1, 2, 7)]
    singles = [problem.evaluate(row) for row in rows]
    for batch in batches:
        assert list(batch) == singles
        assert len(batch) == 40 and batch[-1] == singles[-1] and batch[3:5] == singles[3:5]
        np.testing.assert_array_equal(np.isnan(batch.objective), ~batch.feasible)
    assert batches[0] == batches[2] and batches[0] != problem.evaluate_batch(rows[::-1]) and batches[0] != problem.evaluate_batch(rows[:9])
    assert {outcome.feasible for outcome in singles} == {True, False}
    assert problem.evaluate_batch([problem.decode(row) for row in rows[:3]])[2] == singles[2]
    assert len(problem.evaluate_batch(np.empty((0, 21), dtype=int))) == 0


def test_rewards_follow_the_objective(problem):
    batch = problem.evaluate_batch([problem.sample(seed, within_budget=True) for seed in range(20)])
    np.testing.assert_allclose(batch.reward[batch.feasible], np.log(batch.objective[batch.feasible]), rtol=1e-12)
    assert np.isfinite(batch.reward).all()


def test_files_texts_and_names(tmp_path):
    text = "name: tight\nworkloads: [mobilenet-v2]\nconstraints: {areaMM2: 100}\nsearchSpace: {l2Configuration: disabled, batch: [1, 8]}\n"
    path = tmp_path / "tight.yaml"
    path.write_text(text)
    problems = [fast_gym.Problem(form) for form in (text, path, str(path))]
    assert {problem.name for problem in problems} == {"tight"}
    assert problems[0].budget["areaMM2"] == 100
    assert problems[0].parameters[15] == fast_gym.Parameter("batch", (1, 8))
    again = pickle.loads(pickle.dumps(problems[1]))
    assert again.evaluate(again.sample(1)) == problems[0].evaluate(problems[0].sample(1))
    assert PROBLEM in fast_gym.problem_names()


def test_a_design_out_of_a_file_and_its_regions(tmp_path, problem):
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(problem.design(problem.sample(3, within_budget=True))))
    found = fast_gym.evaluate(path, [PROBLEM, "mobilenet-v2"], regions=True)
    assert [row["workload"] for row in found.evaluations] == [PROBLEM, "mobilenet-v2"]
    regions = found.evaluations[0]["regions"]
    assert abs(sum(region["seconds"] for region in regions) / found.evaluations[0]["latencySeconds"] - 1) < 1e-6


def test_an_onnx_file_by_its_path_and_a_design_of_numpy_numbers(tmp_path, monkeypatch, problem):
    file = pathlib.Path(__file__).parents[2] / "Tests" / "Fixtures" / "onnx" / "crnn_32x320.ts17.onnx"  # its batch is fixed
    expected = fast_gym.evaluate("tpu-v3", str(file)).evaluations[0]["latencySeconds"]
    monkeypatch.chdir(file.parent)
    assert fast_gym.evaluate("tpu-v3", pathlib.Path(file.name)).evaluations[0]["latencySeconds"] == expected
    design = problem.design(problem.sample(3, within_budget=True))
    numbers = design | {"batch": np.int64(design["batch"]), "datapath": MappingProxyType(design["datapath"])}
    assert fast_gym.evaluate(numbers, PROBLEM) == fast_gym.evaluate(design, PROBLEM) != fast_gym.evaluate("tpu-v3", PROBLEM)


def test_a_network_at_another_size_of_its_input():
    changed = fast_gym.evaluate("tpu-v3", {"name": "bert-base-1024", "dimensions": {"sequence": np.int64(128)}})
    own = fast_gym.evaluate("tpu-v3", "bert-base-128")
    assert changed.evaluations[0]["latencySeconds"] == own.evaluations[0]["latencySeconds"]
    with pytest.raises(fast_gym.errors.FastError, match="unknown key 'seq'.*sequence"):
        fast_gym.evaluate("tpu-v3", [{"name": "bert-base-1024", "dimensions": {"seq": 128}}])


@pytest.mark.parametrize("workload, found", [(None, "NoneType"), (7, "int"), ([PROBLEM, 7], "int"), (b"bert", "int")])
def test_wrong_workloads(workload, found):
    with pytest.raises(TypeError, match=f"a workload's name, an ONNX file's path or several of these, found {found}"):
        fast_gym.evaluate("tpu-v3", workload)


def test_a_model_whose_path_no_file_can_have():
    with pytest.raises(UnknownName, match="no such file"):
        fast_gym.evaluate("tpu-v3", "x\0y.onnx")


def test_a_design_of_what_no_file_has(problem):
    with pytest.raises(TypeError, match="lists and dictionaries, found set"):
        fast_gym.evaluate({"batch": {1}}, PROBLEM)


@pytest.mark.parametrize(
    "decisions, words",
    [
        ([0] * 20, "shape \\(21,\\)"),
        ([[0] * 21], "shape"),
        ([0.5] * 21, "dtype float64"),
        ([99] + [0] * 20, "peGridX: expected a choice from 0 to 8"),
        ([-1] * 21, "peGridX"),
        ([2**62] * 21, "peGridX"),
        ({"peGridX": 3}, "expected one of \\[1, 2, 4"),
        ({"peGridZ": 3}, "peGridZ"),
        ({}, "found no value"),
    ],
)
def test_wrong_decisions_name_what_was_expected(problem, decisions, words):
    with pytest.raises(BadData, match=words):
        problem.evaluate(decisions)


def test_a_file_that_changes_between_two_evaluations_is_read_again(tmp_path, monkeypatch):
    """Also one that is named from another folder."""
    fixtures = pathlib.Path(__file__).parents[2] / "Tests" / "Fixtures" / "onnx"
    found = []
    for folder, fixture in (("a", "mobilenetv2"), ("a", "efficientnet_b0"), ("b", "mobilenetv2")):
        (tmp_path / folder).mkdir(exist_ok=True)
        shutil.copy(fixtures / f"{fixture}.dyn18.onnx", tmp_path / folder / "model.onnx")
        monkeypatch.chdir(tmp_path / folder)
        outcome = fast_gym.evaluate("tpu-v3", "model.onnx").outcome
        assert list(outcome.workloads) == [str(tmp_path / folder / "model.onnx")]
        found.append(next(iter(outcome.workloads.values())))
    assert found[0] == found[2] != found[1]
    baseline = pathlib.Path("baseline.yaml")
    ratios = []
    for batch in (1, 64):
        baseline.write_text(json.dumps(fast_gym.evaluate("tpu-v3", PROBLEM).design | {"batch": batch}))
        outcome = fast_gym.evaluate("tpu-v3", PROBLEM, baseline=baseline).outcome
        ratios.append(outcome.workloads[PROBLEM].objective_ratio)
    assert ratios[0] != ratios[1]


def test_environments_share_a_problem_until_one_of_its_files_changes(tmp_path):
    fixtures = pathlib.Path(__file__).parents[2] / "Tests" / "Fixtures" / "onnx"
    files = {"model.onnx": fixtures / "mobilenetv2.dyn18.onnx"}
    for name, folder in (("7nm", "technologies"), ("tpu-v3", "baselines"), ("datacenter", "economics")):
        files[f"{name}.yaml"] = pathlib.Path(__file__).parents[2] / "environments" / folder / f"{name}.yaml"
    for name, source in files.items():
        shutil.copy(source, tmp_path / name)
    named = tmp_path / "mine.yaml"
    named.write_text(
        "{name: mine, workloads: [model.onnx], baseline: tpu-v3.yaml, technology: 7nm.yaml, economics: datacenter.yaml,"
        " objective: perf-per-tco}"
    )
    environment = gymnasium.make("fast/FlatDesign-v0", problem=named).unwrapped
    first = environment.problem
    assert set(first.description["files"]) == {str(tmp_path / name) for name in [*files, "mine.yaml"]}
    for name in [*files, "mine.yaml"]:
        before = fast_gym.environments.shared_problem(named)
        assert before is fast_gym.environments.shared_problem(named), name
        os.utime(tmp_path / name, ns=(1, 1))
        assert before is not fast_gym.environments.shared_problem(named), name
    shutil.copy(fixtures / "efficientnet_b0.dyn18.onnx", tmp_path / "model.onnx")
    second = gymnasium.make("fast/FlatDesign-v0", problem=named).unwrapped.problem
    assert second.baseline.workloads != first.baseline.workloads
    assert environment.problem is first


def test_a_problem_in_a_dictionary():
    described = {"name": "mine", "workloads": [PROBLEM], "searchSpace": {"batch": [1, 2]}}
    problem = fast_gym.Problem(described)
    assert problem.name == "mine" and problem.size < fast_gym.Problem(PROBLEM).size
    environment = gymnasium.make("fast/Design-v0", problem=described).unwrapped
    assert environment.problem.counts.tolist() == problem.counts.tolist()
    assert fast_gym.environments.shared_problem(described) is environment.problem
    assert pickle.loads(pickle.dumps(environment.problem)) is environment.problem


def test_a_name_means_another_file_in_another_folder(tmp_path, monkeypatch):
    baseline = json.dumps(fast_gym.evaluate("tpu-v3", PROBLEM).design | {"batch": 1})
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.yaml").write_text(baseline if folder == "a" else baseline.replace('"batch": 1', '"batch": 64'))
    text = f"name: x\nworkloads: [{PROBLEM}]\nbaseline: mine.yaml\n"
    problems = []  # kept, so that they could be shared
    for folder in ("a", "b"):
        monkeypatch.chdir(tmp_path / folder)
        problems.append(fast_gym.environments.shared_problem(text))
    assert [problem.baseline_design["batch"] for problem in problems] == [1, 64]


def test_wrong_rows_of_a_batch_are_named(problem):
    rows = np.stack([problem.sample(1), np.full(21, 50)])
    with pytest.raises(BadData, match="row 1"):
        problem.evaluate_batch(rows)
    with pytest.raises(ValueError, match="threads"):
        problem.evaluate_batch(rows[:1], threads=-1)


@pytest.mark.parametrize(
    "problem, error, words",
    [
        ("efficentnet-b7", UnknownName, "did you mean 'efficientnet-b7'"),
        ("missing.yaml", UnknownName, "no such file"),
        (pathlib.Path("/missing/x"), UnknownName, "no such file"),
        ("name: x\nworkloads: [resnet]\n", BadData, "resnet"),
        ("name: [\n", BadData, "problem"),
        ("", UnknownName, "expected a name"),
        ("x\0y", ValueError, "NUL"),
        ("x/\0y", ValueError, "NUL"),
        ("\udcff", ValueError, "UTF-8"),
        (3, TypeError, "found int"),
    ],
)
def test_wrong_problems(problem, error, words):
    with pytest.raises(error, match=words):
        fast_gym.Problem(problem)


@pytest.mark.parametrize(
    "design, words",
    [("tpu-v33", "tpu-v3"), ({"batch": 1}, "datapath"), ("{", "design"), ("datapath: {}\nbatch: x\n", "datapath")],
)
def test_wrong_designs(design, words):
    with pytest.raises(fast_gym.errors.FastError, match=words):
        fast_gym.evaluate(design, PROBLEM)


def test_extreme_designs_end_in_an_outcome_or_an_error(problem):
    """Whatever a design file holds, the interpreter goes on."""
    design = problem.design(problem.sample(1, within_budget=True))
    for number in (-1, 0, 1, 65536, 2**31, 2**53, 2**62, 2**63 - 1, 10**30, 0.5, float("nan"), float("inf"), "x", None, [], True):
        for path in (("batch",), ("datapath", "globalMemoryMiB"), ("datapath", "vectorMultiplier"), ("datapath", "peGrid", "x"),
                     ("datapath", "array", "y"), ("datapath", "l1", "inputKiB"), ("datapath", "gddr6Channels")):  # fmt: skip
            changed = copy.deepcopy(design)
            part = changed
            for key in path[:-1]:
                part = part[key]
            part[path[-1]] = number
            try:
                outcome = problem.evaluate_design(changed).outcome
            except fast_gym.errors.FastError as error:
                assert str(error)
            else:
                assert np.isfinite(outcome.reward)
