"""The composition root: the `presensi` command, the wiring of its processes, and their supervision."""
