"""Peers that speak the original pair's contract as the originals do, their faults included."""
