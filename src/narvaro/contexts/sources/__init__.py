"""School systems that are read by SS 12000: set up by a person, read at night, told in words (M02, M03)."""
