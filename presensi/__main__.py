"""`python -m presensi`: the same as the `presensi` command."""

from presensi.cli import main

if __name__ == "__main__":
    main()
