"""The words of the command line for statuses and outcomes: English, Chinese, pinyin and its initials."""

from __future__ import annotations

from typing import Any, NamedTuple

from anlan.service.incidents.models import Assignment, Incident

STATUSES = {
    Assignment.Status.ACCEPTED: ("accepted", "acc", "已接受", "接受", "jieshou", "js"),
    Assignment.Status.EN_ROUTE: ("enroute", "en_route", "er", "途中", "出发", "tuzhong", "tz", "chufa", "cf"),
    Assignment.Status.ON_SCENE: ("onscene", "on_scene", "os", "到达现场", "到场", "daochang", "dc"),
    Assignment.Status.CLEARED: ("clear", "cleared", "已结束", "结束", "离场", "jieshu", "lichang", "lc"),
}
OUTCOMES = {
    Incident.Disposition.HANDLED: ("handled", "已处置", "处置", "chuzhi", "cz"),
    Incident.Disposition.TRANSFERRED: ("transferred", "已移交", "移交", "yijiao", "yj"),
    Incident.Disposition.NOT_FOUND: ("notfound", "not_found", "未发现情况", "未发现", "weifaxian", "wfx"),
    Incident.Disposition.DUPLICATE: ("duplicate", "重复报警", "重复", "chongfu"),
    Incident.Disposition.FALSE_ALARM: ("false", "false_alarm", "误报", "wubao", "wb"),
    Incident.Disposition.CANCELLED: ("cancelled", "报警人取消", "取消", "quxiao", "qx"),
}
COMMANDS = {
    "派": "d", "派警": "d", "pai": "d", "状态": "s", "zt": "s", "结案": "c", "结": "c", "ja": "c",
    "备注": "n", "注": "n",
    "级别": "p", "撤": "x", "撤回": "x", "重开": "r", "上岗": "on", "下岗": "off", "开": "o",
}  # fmt: skip


class Choice(NamedTuple):
    """A word that may follow a command: the one to write, what it means, and all that it answers to."""

    word: str
    label: str
    spoken: tuple[str, ...]


def meant(words: dict[Any, tuple[str, ...]], said: str) -> str | None:
    """Return the value that a word names, None for none."""
    sought = said.casefold()
    return next((str(value) for value, spoken in words.items() if sought in spoken), None)


def choices(words: dict[Any, tuple[str, ...]], *, chinese: bool) -> list[Choice]:
    """Return the words to offer, each in the reader's language."""
    return [
        Choice(next(said for said in spoken if said.isascii() is not chinese), str(value.label), spoken)
        for value, spoken in words.items()
    ]
