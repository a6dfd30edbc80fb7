"""The words of the crew's phone: the page carries them, so that they are there without network too."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Return the words in the reader's language by key; %(name)s is filled in on the phone."""
    return {
        **state_words(),
        **task_words(),
        **help_words(),
        **place_words(),
        **report_words(),
        **shift_words(),
    }


def state_words() -> dict[str, str]:
    """Words of the head of the page."""
    return {
        "chip_live": _("live"), "chip_offline": _("no network"), "chip_connecting": _("connecting"),
        "chip_signed_out": _("signed out"), "waiting": _("%(n)s waiting"), "unit": _("Unit"),
        "offline_text": _("No network. Go on working: everything is kept here and sent later."),
        "signed_out": _("You are signed out. %(n)s actions are kept here and go out after signing in."),
        "signed_out_empty": _("You are signed out."),
        "other_account": _(
            "What waits here was done by %(name)s. Sign in as %(name)s to send it."
        ),
        "sign_in": _("Sign in"), "no_beat": _("no beat"), "no_briefing": _("no briefing yet"),
        "no_crew": _("You are in no crew"),
        "no_crew_text": _("Ask the duty room to put you into a unit's crew."),
        "nothing_kept": _("Nothing is kept here yet. Open this page once with network."),
        "loading": _("Loading your duty…"), "storage": _("This phone does not let the page keep anything."),
        "unit_needs_network": _("The duty of this unit is not kept here; it needs network once."),
        "cancel": _("Cancel"), "confirm": _("Confirm"), "dismiss": _("Dismiss"),
    }  # fmt: skip


def task_words() -> dict[str, str]:
    """Words of the task, the timer and being on duty."""
    return {
        "assignment": _("Assignment"), "no_task": _("No assignment. You will see it here at once."),
        "closing": _("Close this point"), "arrive_by": _("be there by %(at)s"),
        "move": _("Stand by here"), "move_ordered": _("Ordered"), "move_accepted": _("On the way"),
        "move_arrived": _("At the post"),
        "navigate": _("Navigate"), "no_pin": _("No pin: go by the address."),
        "status_assigned": _("Dispatched"), "status_accepted": _("Accepted"),
        "status_en_route": _("En route"), "status_on_scene": _("On scene"), "status_cleared": _("Cleared"),
        "accept": _("Accept"), "en_route": _("En route"), "on_scene": _("On scene"), "clear": _("Clear"),
        "off_duty": _("Off duty. Your position is not kept."), "come_on": _("Come on duty"),
        "go_off": _("Go off duty"),
        "go_off_text": _("The shift ends and its summary is kept. Your position is no longer kept."),
        "clear_first": _("You are on incident %(number)s. Clear it first."), "next": _("Up next"),
        "timer": _("Timer"), "stay": _("Stay %(minutes)s min"), "stay_end": _("Stop the timer"),
        "share": _("Share my position while on duty"), "sharing": _("Your position is shared while on duty."),
        "denied": _("Your phone does not share its position with this page."),
        "said_stay": _("Timer started: %(place)s"), "said_stay_end": _("Timer stopped: %(place)s"),
    }  # fmt: skip


def help_words() -> dict[str, str]:
    """Words of the emergency button and of backup."""
    return {
        "sos": _("Emergency"), "sos_title": _("Call for help?"),
        "sos_text": _(
            "The duty room is told at once, with your position. Without network it is sent first as soon as"
            " there is one."
        ),
        "sos_send": _("Send the emergency"), "sos_sent": _("Emergency sent to the duty room."),
        "sos_kept": _("Emergency kept: it goes first as soon as there is network. Use the radio too."),
        "backup": _("Backup"), "backup_title": _("Ask for backup?"),
        "backup_text": _("One more unit is asked for at %(number)s."), "backup_send": _("Ask for backup"),
        "backup_sent": _("Backup asked for."),
        "backup_kept": _("Backup kept: it is sent as soon as there is network."),
    }  # fmt: skip


def place_words() -> dict[str, str]:
    """Words of the round and of checking in."""
    return {
        "order": _("Your order"), "no_order": _("No order for this shift."),
        "to_post": _("To the standby post"),
        "standby_only": _("Stand by; no visits are planned in this shift."), "posts": _("Standby posts"),
        "to_visit": _("To visit"), "no_places": _("No patrol points or lines in this beat."),
        "check_in": _("Check in"), "check_in_at": _("Check in at %(place)s"),
        "by_button": _("I am here"), "by_position": _("By position"), "by_code": _("Scan the code"),
        "by_picture": _("Take a picture"), "scan_any": _("Scan a place's code"), "scan": _("Scan the code"),
        "scan_hint": _("Hold the phone over the printed code of the place."), "camera": _("Camera"),
        "no_camera": _("The camera cannot be used. Check in in another way."),
        "foreign_code": _("This is not the code of a place."),
        "other_code": _("This is the code of another place than expected."),
        "no_people": _("A picture shows the place. Do not take people."),
        "looking": _("Looking for your position…"),
        "no_position": _("Your phone gave no position. Check in in another way."),
        "not_there": _("Not at the place?"),
        "far_away": _("You are %(metres)s m from %(place)s, more than %(radius)s m. Check in all the same?"),
        "bad_picture": _("The picture cannot be read. Take it again."),
        "checked_in": _("Checked in: %(place)s"), "said_check_in": _("Check-in: %(place)s"),
    }  # fmt: skip


def report_words() -> dict[str, str]:
    """Words of the report of a place's problem."""
    return {
        "report_title": _("Problem of a place"), "report_kind": _("What is it?"),
        "report_where": _("Where, in words"), "report_words": _("What is wrong"),
        "report_picture": _("Picture"), "report_send": _("Report"),
        "report_kept": _("Reported. It goes to the duty room and the township coordinator."),
        "report_needs_place": _("Say where it is, or let the phone add its position."),
    }  # fmt: skip


def shift_words() -> dict[str, str]:
    """Words of the outbox and the shift log."""
    return {
        "outbox": _("Outbox"), "all_sent": _("Everything has been sent."),
        "waiting_text": _("%(n)s wait to be sent, in this order. Nothing is lost if you close the page."),
        "refused": _("Not taken:"), "shift_log": _("Shift log"), "since": _("on duty since %(time)s"),
        "entry": _("Entry"), "entry_write": _("Write down"), "entry_empty": _("Write the entry."),
        "no_entries": _("Nothing written yet."), "sheets": _("Summaries of past shifts"),
    }  # fmt: skip
