"""The rights around duties, by the names of the access file. What is about a case asks where the case is kept; what is
about a pupil's days or moves asks where the pupil goes today, or went last; what others told the home municipality is
the organiser's."""

READ, WRITE, DECIDE, OVERVIEW = "duty.read", "duty.write", "duty.decide", "duty.overview"
HOME = "home.tell"
MOVES = "move.tell"
RECEIVED = "received.handle"
