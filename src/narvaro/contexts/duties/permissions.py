"""The rights around duties, by the names of the access file. What is about a case asks where the case is kept; what is
about a pupil's days asks where the pupil goes today; what others told the home municipality is the organiser's."""

READ, WRITE, DECIDE, OVERVIEW = "duty.read", "duty.write", "duty.decide", "duty.overview"
HOME = "home.tell"
RECEIVED = "received.handle"
