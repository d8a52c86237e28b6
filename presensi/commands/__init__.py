"""The commands of `presensi`, one module each; they parse, call, and print."""
