"""Files in: shown before they count, reported row by row, kept as history, taken back if wrong (M01, M02)."""
