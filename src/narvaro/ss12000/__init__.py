"""A client of SS 12000:2020 (versions 2.0 and 2.1): what a school system tells of its pupils, staff and lessons."""
