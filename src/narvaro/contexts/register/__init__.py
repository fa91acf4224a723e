"""Who there is: authorities, school units, pupils, guardians and custody, enrolments, groups, mentors (M01, M02).

Everybody else asks through ``api``. A pupil's visibility is decided here, by the relations of the access file.
"""
