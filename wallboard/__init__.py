"""The web side: the page on the monitors and the process that serves it."""
