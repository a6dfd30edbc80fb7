"""Feeds as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q

from anlan.service.incidents.models import Feed, FeedMessage

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


def feeds(county: str, account: Account) -> QuerySet[Feed]:
    """Return the county's feeds with the last message and how many were refused."""
    rows = Feed.objects.in_county(county).visible_to(account).select_related("type")
    refused = Q(messages__outcome=FeedMessage.Outcome.REFUSED)
    return rows.annotate(last=Max("messages__at"), refused=Count("messages", filter=refused)).order_by("code")


def devices(feed: Feed) -> QuerySet[FeedMessage]:
    """Return the feed's devices, those in use first."""
    return feed.devices.select_related("type").order_by("-active", "code")
