"""The simulated live day: calls arrive, dispatchers send units, crews drive, report and clear.

Whoever signs in can take over. What a person does stands:

- an incident that a person took, assigned, noted, closed or changed is that person's: the simulated
  dispatcher sends nobody else there and does not close it; crews that were sent still drive and report;
- an assignment that a person advanced (from the phone page or the board) is moved by nobody else any more;
- a unit that a person brought on or off duty, or moved by its phone, is left alone for ten minutes;
- when a person has dispatched or closed anything in the last ten minutes, the simulated dispatchers stop
  altogether and leave the queue to the person.
"""
