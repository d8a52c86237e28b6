"""3 January 2017: a city's wall accused 1,390 of 3,266 people, and the next day the city withdrew its data.

The causes are those that the press reported (detik, inilahmojokerto); places are illustrative and people do
not exist. A naive judge (the roster as it stood, 07.30 for everybody, no leave, no question whether a
terminal could be read) finds among 3,266 people at 12:00:

| nobody known to have punched | people | what was true |
| --- | ---: | --- |
| teachers of SMA and SMK | 310 | the province's since 1 January |
| retired 94, died 6 | 100 | no longer in service |
| health workers | 350 | shift not begun: hospital 14.00 (135) and 21.00 (130), health centres 13.00 (85) |
| long leave 13, important reasons 1, annual 5 | 19 | letters not entered |
| transferred, to offices without a terminal | 58 | no terminal |
| transferred, not enrolled before 12:00 | 248 | no PIN; 60 of them were enrolled in the afternoon |
| five sites dark since 07:00 | 29 | 28 came in time, one did not come; 6 more were seen elsewhere |
| truly absent | 8 | without explanation |
| **absent** | **1,122** | **8 known absent** |

| first known punch at 07:31 or later | people | what was true |
| --- | ---: | --- |
| transferred, enrolled in the morning | 205 | pressed as soon as the terminal knew them |
| two sites without power until 09:10 | 14 | could not press before |
| health centres, shift from 08.00 | 12 | in time |
| from the dark sites, seen at the Setda | 6 | had pressed at home in time |
| truly late | 31 | late |
| **late** | **268** | **31 late** |

511 transferred = 58 + 248 + 205; those of the two new offices are among them. Two more sites were dark for a
part of the morning and read again before noon. The naive judge errs to the other side too: 5 of the hospital
came late for 07.00 but before 07:30, and 50 who came off their night at 07:03 or later it calls present.
"""

from __future__ import annotations

from simulators.scenario import Scenario
from simulators.scenarios.mojokerto_2017_01_03.causes import draw_causes
from simulators.scenarios.mojokerto_2017_01_03.enrolling import enrollments_of
from simulators.scenarios.mojokerto_2017_01_03.letters import facts_of, leave_letters
from simulators.scenarios.mojokerto_2017_01_03.population import DAY, build_population
from simulators.scenarios.mojokerto_2017_01_03.presses import presses_of
from simulators.scenarios.mojokerto_2017_01_03.sites import dark_windows

NAIVE_ABSENT, NAIVE_LATE, NAIVE_PEOPLE = 1122, 268, 3266
"""What the wall showed at 12:00."""


def build(seed: int) -> Scenario:
    """The day with the people of `seed`; the numbers are the same for every seed."""
    causes = draw_causes(build_population(seed), seed)
    enrollments = enrollments_of(causes, seed)
    return Scenario(
        seed=seed,
        day=DAY,
        city=causes.city,
        enrollments=enrollments,
        excuses=tuple(leave_letters(causes, seed)),
        presses=presses_of(causes, enrollments, seed),
        dark=dark_windows(causes.city),
        clock_offsets={},
        facts=facts_of(causes),
    )
