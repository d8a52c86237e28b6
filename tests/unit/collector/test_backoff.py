from random import Random

from collector.backoff import Backoff
from devices.errors import Retry

SEED = 7


def test_pauses_double_until_the_longest_and_stay_there() -> None:
    backoff = Backoff(1.0, 60.0, Random(SEED))
    pauses = [backoff.pause() for _ in range(12)]
    for number, pause in enumerate(pauses):
        full = min(60.0, 2.0**number)
        assert full / 2 <= pause <= full


def test_two_terminals_that_fail_together_do_not_return_together() -> None:
    random = Random(SEED)
    first, second = Backoff(1.0, 60.0, random), Backoff(1.0, 60.0, random)
    assert [first.pause() for _ in range(5)] != [second.pause() for _ in range(5)]


def test_what_only_a_person_can_mend_is_tried_slowly_from_the_start() -> None:
    assert Backoff(1.0, 60.0, Random(SEED)).pause(Retry.OPERATOR) >= 30.0


def test_after_success_the_next_failure_begins_with_the_shortest_pause() -> None:
    backoff = Backoff(1.0, 60.0, Random(SEED))
    for _ in range(6):
        backoff.pause()
    backoff.reset()
    assert backoff.pause() <= 1.0
