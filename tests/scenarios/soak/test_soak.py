"""`make soak` in small: a morning, one terminal of each of twelve makes, everything going wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulators.faults import FAULTS
from tests.soak.soak import Plan, soak
from tests.support.days import MONDAY

BEGIN = datetime.combine(MONDAY, datetime.min.time()) + timedelta(hours=6, minutes=15)


@pytest.mark.slow
def test_after_a_morning_of_faults_and_kills_the_store_is_the_truth_and_nobody_was_accused(
    tmp_path: Path,
) -> None:
    outcome = soak(
        Plan(
            tmp_path,
            terminals=12,
            people_each=12,
            history=120,
            begin=BEGIN,
            hours=0.75,
            minutes=0.075,
            killing_hours=1.0,
            kills=1,
            strikes=150.0,
            sample=150,
        )
    )
    assert outcome.faults == []
    assert len(outcome.struck) > len(FAULTS) / 2
    assert outcome.kills == {"collect": 1, "gateway": 0}
    assert outcome.judge.judgements["present"] > 0
