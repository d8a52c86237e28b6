"""The ZK binary protocol: pure codecs, the request/reply exchange, and the TCP driver over them."""
