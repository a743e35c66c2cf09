import pytest

from registry.verify.planning.schedule import longest_first


@pytest.mark.parametrize(
    ("times", "machines", "makespan", "best"),
    [
        # Graham's own worst cases: jobs of 2m-1, 2m-1, ..., m+1, m+1, m, m and m on m machines.
        ([3, 3, 2, 2, 2], 2, 7, 6),
        ([5, 5, 4, 4, 3, 3, 3], 3, 11, 9),
        ([7, 7, 6, 6, 5, 5, 4, 4, 4], 4, 15, 12),
    ],
)
def test_grahams_worst_cases_meet_his_bound(times: list[float], machines: int, makespan: float, best: float) -> None:
    found = longest_first(times, machines)
    assert found.makespan == makespan
    assert found.ideal == best
    assert found.makespan / best == pytest.approx(found.bound)


def test_one_long_job_bounds_the_end_however_many_machines_there_are() -> None:
    found = longest_first([1, 10, 2], 100)
    assert (found.makespan, found.ideal, found.longest) == (10, 10, 1)
    assert found.busy[:4] == (10, 2, 1, 0)


def test_no_jobs_take_no_time() -> None:
    found = longest_first([], 3)
    assert (found.makespan, found.ideal, found.longest) == (0, 0, None)
