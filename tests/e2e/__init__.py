"""End to end: the real binary, real sockets, kill -9."""
