"""The wall of a calibration meeting: one component that shows who chose what, and takes what the meeting decides."""
