"""What a run must have kept, whatever happened in it. A judge takes facts and returns faults: none is the verdict."""
