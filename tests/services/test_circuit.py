"""The breaker: opens after repeated failures, lets one probe through, heals or rests again."""

from services.circuit import Circuit


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def opened() -> tuple[Circuit, Clock]:
    clock = Clock()
    circuit = Circuit(failures=3, rest=10.0, clock=clock)
    for _ in range(3):
        assert circuit.wait() == 0
        circuit.failed()
    return circuit, clock


def test_a_failing_department_is_left_in_peace():
    circuit, _ = opened()
    assert circuit.wait() == 10.0


def test_two_failures_and_a_success_do_not_open_it():
    circuit = Circuit(failures=3, clock=Clock())
    for outcome in (circuit.failed, circuit.failed, circuit.succeeded, circuit.failed):
        outcome()
    assert circuit.wait() == 0


def test_after_the_rest_one_probe_goes_and_others_wait():
    circuit, clock = opened()
    clock.now += 10
    assert circuit.wait() == 0
    assert circuit.wait() > 0


def test_a_good_probe_heals_it():
    circuit, clock = opened()
    clock.now += 10
    circuit.wait()
    circuit.succeeded()
    assert circuit.wait() == 0
    assert not circuit.open


def test_a_bad_probe_means_another_whole_rest():
    circuit, clock = opened()
    clock.now += 10
    circuit.wait()
    circuit.failed()
    assert circuit.wait() == 10.0


def test_a_probe_whose_caller_left_makes_room_for_another():
    circuit, clock = opened()
    clock.now += 10
    circuit.wait()
    circuit.abandoned()
    assert circuit.wait() == 0
