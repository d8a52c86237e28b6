"""Makes of terminals, by the names a technician and the tests call them.

What a make does on the wire is what the public sources say of it, see `docs/models.md`. Firmware texts,
event sizes and capacities are made up where no source has them, and nothing is promised of any one unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from simulators.terminal import TerminalModel

MODELS: Final[Mapping[str, TerminalModel]] = MappingProxyType(
    {
        "x100-c": TerminalModel(),
        "old-8a": TerminalModel(
            firmware="Ver 6.21 Jun 1 2009",
            platform="ZEM300",
            device_name="U160",
            log_capacity=50_000,
            record="8a",
            user_size=28,
            event_size=12,
            data_frame=1_024,
        ),
        "zem500-8b": TerminalModel(
            firmware="Ver 6.31 Aug 12 2011",
            platform="ZEM500",
            device_name="MA300",
            log_capacity=100_000,
            record="8b",
            user_size=28,
            event_size=10,
            event_number=True,
            name_encoding="cp1252",
            data_frame=1_024,
        ),
        "manual-16": TerminalModel(
            firmware="Ver 6.60 Mar 3 2010",
            platform="ZEM510",
            device_name="U560",
            record="16",
            user_size=28,
            event_size=14,
            name_encoding="gb18030",
            sizes_reply=80,
        ),
        "wl10-22": TerminalModel(
            firmware="Ver 6.60 Apr 28 2017",
            platform="ZLM60_TFT",
            device_name="WL10",
            log_capacity=50_000,
            record="22",
            bulk=False,
            tail_reads=False,
            udp=False,
            sizes_reply="dword0",
        ),
        "mb560-49": TerminalModel(
            firmware="Ver 8.0.4.2-20201215",
            platform="ZMM220_TFT",
            device_name="MB560-VL",
            record="49",
            event_size=52,
            sizes_reply=112,
        ),
        "k40": TerminalModel(
            firmware="Ver 6.60 Nov 22 2014",
            platform="JZ4725_TFT",
            device_name="K40",
            log_capacity=80_000,
            bare_garbage=True,
            event_size=36,
            data_frame=1_008,
        ),
        "d2-unknown-count": TerminalModel(
            firmware="Ver 6.60 Jun 16 2015",
            platform="ZLM31_TFT",
            device_name="D2",
            sizes_reply="dword0",
            event_size=37,
        ),
        "iclock680": TerminalModel(
            firmware="Ver 6.60 Oct 29 2012",
            platform="ZEM600_TFT",
            device_name="iClock680",
            log_capacity=200_000,
            counting_index=True,
        ),
        "acs-zero-count": TerminalModel(
            firmware="Ver 6.60 Dec 9 2016",
            platform="ZEM760_TFT",
            device_name="F22",
            count_error=-1_000_000,
        ),
        "count-too-high": TerminalModel(count_error=7),
        "count-too-low": TerminalModel(count_error=-7),
        "no-tail": TerminalModel(tail_reads=False, event_size=36),
        "senseface-range": TerminalModel(
            firmware="ZAM180-NF-Ver1.1.17",
            platform="ZAM180_TFT",
            device_name="SenseFace 2A",
            tail_reads=False,
            time_range=True,
            event_size=52,
        ),
        "senseface-6001": TerminalModel(
            firmware="ZAM180-NF-Ver2.0.3", platform="ZAM180_TFT", device_name="SenseFace 3A", secure=True
        ),
        "mute-tcp": TerminalModel(mute_tcp=True, data_frame=1_024),
        "one-session": TerminalModel(sessions=1),
    }
)
"""The name is the model's, or says what is unlike the others."""
