"""The push gateway: terminals call here over HTTP (ADMS), and are believed only what they have proved."""
