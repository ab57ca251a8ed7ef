"""The same operations sent to two servers in lock step, and a model with a full-scan oracle."""
