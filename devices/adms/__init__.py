"""The push protocol (ADMS, iclock): what terminals ask and send over HTTP, and what they are answered. Pure.

`requests.parse_request` takes a request apart, `answers` builds what goes back, `commands` what a terminal
can be asked to do. Sources: the vendor's Attendance PUSH and Security PUSH documents, requests logged from
real units (Solution X100-C, MB10-VL, SpeedFace V5L), and the behaviour of an old terminal-side client.
"""
