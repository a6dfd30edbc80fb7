"""Names of a county that does not exist."""

from __future__ import annotations

COUNTY = ("澜安县", "Lan'an County")
COUNTY6 = "990101"  # no province has the number 99
RIVER = ("澜河", "Lan River")

TOWNSHIPS = (
    (("镇澜街道", "Zhenlan Subdistrict"), ("东门街道", "Dongmen Subdistrict"),
     ("文昌街道", "Wenchang Subdistrict"),
     ("河清街道", "Heqing Subdistrict"), ("北湖街道", "Beihu Subdistrict"),
     ("望江街道", "Wangjiang Subdistrict")),
    (("新桥街道", "Xinqiao Subdistrict"), ("柳林街道", "Liulin Subdistrict"),
     ("南站街道", "Nanzhan Subdistrict"),
     ("高新街道", "Gaoxin Subdistrict"), ("石埠街道", "Shibu Subdistrict"),
     ("平安街道", "Ping'an Subdistrict")),
    (("青石镇", "Qingshi Town"), ("白马镇", "Baima Town"), ("龙泉镇", "Longquan Town"),
     ("双溪镇", "Shuangxi Town"),
     ("大兴镇", "Daxing Town"), ("临河镇", "Linhe Town"), ("永丰镇", "Yongfeng Town"),
     ("铜铃镇", "Tongling Town")),
    (("云台乡", "Yuntai Township"), ("松岭乡", "Songling Township"), ("荷塘乡", "Hetang Township"),
     ("石门乡", "Shimen Township"), ("竹溪乡", "Zhuxi Township"), ("长坪乡", "Changping Township"),
     ("枫林乡", "Fenglin Township"), ("古井乡", "Gujing Township"), ("晒谷乡", "Shaigu Township"),
     ("雁落乡", "Yanluo Township")),
)  # fmt: skip
TOWNSHIP_SERIALS = (1, 11, 100, 200)  # as the national statistical codes number streets, towns, townships

FIRST = (
    ("青", "Qing"), ("白", "Bai"), ("红", "Hong"), ("金", "Jin"), ("玉", "Yu"), ("东", "Dong"), ("西", "Xi"),
    ("南", "Nan"), ("北", "Bei"), ("上", "Shang"), ("下", "Xia"), ("大", "Da"), ("小", "Xiao"), ("新", "Xin"),
    ("老", "Lao"), ("长", "Chang"), ("秋", "Qiu"), ("龙", "Long"), ("凤", "Feng"), ("石", "Shi"),
    ("竹", "Zhu"),
    ("松", "Song"), ("柳", "Liu"), ("桃", "Tao"), ("梅", "Mei"), ("福", "Fu"), ("和", "He"), ("永", "Yong"),
)  # fmt: skip
SECOND = (
    ("山", "shan"), ("河", "he"), ("桥", "qiao"), ("湾", "wan"), ("坪", "ping"), ("塘", "tang"),
    ("井", "jing"),
    ("坡", "po"), ("岭", "ling"), ("溪", "xi"), ("园", "yuan"), ("庄", "zhuang"), ("台", "tai"),
    ("沟", "gou"),
    ("泉", "quan"), ("林", "lin"), ("家", "jia"), ("房", "fang"), ("口", "kou"), ("洲", "zhou"),
    ("田", "tian"),
)  # fmt: skip
DIRECTIONS = (("东", "East"), ("东北", "Northeast"), ("北", "North"), ("西北", "Northwest"), ("西", "West"),
              ("西南", "Southwest"), ("南", "South"), ("东南", "Southeast"))  # fmt: skip


def village(number: int, *, urban: bool) -> tuple[str, str]:
    """The name of the village or community of that number, in Chinese and English."""
    step = 97 * number  # 97 shares no factor with the number of pairs, so no name comes twice
    first, second = FIRST[step % len(FIRST)], SECOND[(step // len(FIRST)) % len(SECOND)]
    kind = ("社区", "Community") if urban else ("村", "Village")
    return f"{first[0]}{second[0]}{kind[0]}", f"{first[1]}{second[1]} {kind[1]}"


VILLAGE_NAMES = len(FIRST) * len(SECOND)
