"""More of the language: phrases that no table of ours holds, one line for each reading, as an office worker reads them."""

from __future__ import annotations

import pytest

from tasks.deadlines import read
from tests.tasks.test_deadlines import MONTH_ENDS, YEAR, said

QUARTERS = "03-31 06-30 09-30 12-31"
FRIDAYS = said("每周五")[1]


def monthly(*days: int) -> str:
    """The same days in every month."""
    return " ".join(f"{month:02d}-{day:02d}" for month in range(1, 13) for day in days)


# reading: kind, due dates, whether it asks; then the phrases, parted by |
TABLE = [
    (("by", "06-30", False), "26.6.30前|二0二六年六月底前|二季度末前|6月30日（周二）17:30前|六月三十日下午五时前|最迟6月30日"),
    (("by", "06-30", False), "“七一”前夕|建党105周年前|6月底前召开十四届五次会议|6月底前培育2-3个品牌|6月底前新建5个联系点"),
    (("by", "05-15", False), "五月十五前|5月15前|5月15日上午9:00至11:00|2026-05-15 17:00:00|请于5月15日前报送电子版"),
    (("by", "12-31", False), "岁末前|年尾前|当年年底前|到2026年底|本年度末"),
    (("by", "12-15", False), "12月15日前报送2026年度工作总结|12月15日前完成年终考核|12月15日前报全年学习情况"),
    (("by", "10-10", False), "10月10日前报送前三季度工作情况|10月10日前报送1-9月工作情况|10月10日前上报三季度情况"),
    (("by", "09-30", False), "国庆长假前|国庆假期前|十一假期前|三季度末前"),
    (("by", "04-30", False), "五一假期前|“五一”节前"),
    (("by", "10-08", False), "国庆节后首个工作日|国庆假期后第一个工作日"),
    (("by", "2027-01-15", False), "次年1月15日前报送上年度总结|明年元月15日前|27年1月15日前"),
    (("window", "05-31", False), "3月⁓5月|3月﹣5月|三月至五月|2026.3-2026.5|自3月起至5月底|3月份到5月份"),
    (("window", "07-31", False), "3月初至7月底|3月中旬—7月底|3月18日至7月"),
    (("window", "11-15", False), "10.15—11.15|2026.10.15-11.15|10月15日（周四）至11月15日（周日）|10月15日起至11月15日止"),
    (("window", "04-15", False), "3月15日至4月15日（共一个月）|3月15号到4月15号"),
    (("window", "03-31", False), "3月（学雷锋月）|3月（结合“三八”节）|3月“学雷锋月”|首季度|三月下旬|2025年12月—2026年3月"),
    (("window", "04-30", False), "4月份，开展清明祭英烈活动|4月：清明祭扫|四月份开展"),
    (("window", "2027-02-28", False), "2026年12月—2027年2月|12月至次年2月|12月—翌年2月"),
    (("window", "2027-03-31", False), "明年一季度|2026年9月—2027年3月底|今年9月至明年3月"),
    (("every", monthly(25), False), "每月25日前上报1-2条信息|每月25日前报送当月工作进展情况|每月廿五前|每月最迟25日"),
    (("every", monthly(10, 20), False), "每月10、20日|每月10日前、20日前"),
    (("every", MONTH_ENDS, False), "月度|月度开展|逐月调度|每月开展1次主题党日，每次不少于2小时|月通报|每月1次，全年不少于12次"),
    (("every", QUARTERS, False), "季末|季度末|季调度|每季度讲1次党课|每季度至少研究1次|逐季通报"),
    (("every", "06-30 12-31", False), "半年度|每半年听取1次汇报|半年一通报|半年一研判"),
    (("every", FRIDAYS, False), "每周五下班前报周进展|每周五报送周报|每个工作周一次|每周五下午2:30|每逢周五"),
    (("every", said("每周一、三、五")[1], False), "每周一三五|每周一、周三、周五|每星期一三五"),
    (("every", said("每周二、四")[1], False), "每周二四|每周二、周四下午"),
    (("every", "01-31 03-31 05-31 07-31 09-30 11-30", False), "单月|逢单月|每逢单月|单月一次"),
    (("every", "02-28 04-30 06-30 08-31 10-31 12-31", False), "双月|逢双月|每逢双月一次"),
    (("every", "02-28 04-30 06-30 08-31 10-31 12-31", True), "隔月|每两个月|每隔一个月"),
    (("every", said("每月最后一个周五")[1], False), "每月最后1个周五|每月最后1个星期五"),
    (("every", said("每月最后一个工作日")[1], False), "每月最后1个工作日|每月最后工作日"),
    (("every", "03-25 06-25 09-25 12-25", False), "每季度最后1个月25日前|每季度末月25日前报送工作进展情况|每季末月25日前"),
    (("every", "07-10 2027-01-10", True), "半年结束后10日内|半年后10日内"),
    (("every", "04-10 07-10 10-10 2027-01-10", True), "季后10日内|季度终了后10日内|每季度结束10日内"),
    (("every", QUARTERS, True), "全年（每季度1次）|每季度一次，年底前完成3次"),
    (("every", "06-30 12-31", False), "每年6月底、12月底前|每年6月、12月"),
    (("dates", "07-10 2027-01-10", True), "每半年1次（7月10日前、次年1月10日前）|7月10日前报半年、次年1月10日前报总结"),
    (("dates", "06-30 12-31", False), "上下半年各召开1次|二、四季度各一次|6月底和年底|6月30日前、12月31日前"),
    (("dates", "03-20 06-20 09-20 12-20", True), "3月、6月、9月、12月20日前|3、6、9月、12月20日前"),
    (("dates", "03-31 06-30 11-30", True), "3月部署、6月推进、11月总结|3月底前部署，6月底前推进，11月底前总结"),
    (("dates", "01-31 06-30", True), "1、6月底前|1、6月底"),
    (("dates", "05-31 06-30", True), "力争5月底、确保6月底前完成"),
    (("by", "08-15", True), "4月底（今年8月15日前）|一般4月底；今年8月15日前|每年4月底（2026年为8月15日前）"),
    (("by", "06-30", True), "6月底前（拟）|6月底前，具体以通知为准|“七一”前（6月25日前）|6月底前完成，长期坚持"),
    (("quota", "12-31", False), "全年4次以上|年内不少于4次|一年4次|4次/年|每年讲党课4次"),
    (("quota", "12-31", True), "不少于2次|全年3～5次|每年1—2次"),
    (("ongoing", "", False), "长抓不懈|久抓不懈|不间断|长效坚持|日常监管|持续整治"),
    (("notice", "", True), "时间另定|具体时间另定|时间待通知|待市委明确后|按组织部统一安排|以会议通知为准"),
    (("missing", "", True), "无。|〃|形成长效机制|机关党委、办公室|完善党建制度体系"),
    (("unclear", "", True), "时机成熟时|条件允许时|一段时间内|短期内|近两周|稳步推进|尽可能早|视工作进展情况|农闲时节"),
    (("unclear", "", True), "2026年6月至2026年3月|十一月三十一日|26.6.31前|6月底前、9月31日前|3月至13月|每周八"),
]  # fmt: skip


@pytest.mark.parametrize(("reading", "phrases"), TABLE, ids=lambda value: value[:12] if isinstance(value, str) else "")
def test_new_phrases(reading, phrases):
    assert {phrase: said(phrase) for phrase in phrases.split("|")} == dict.fromkeys(phrases.split("|"), reading)


AFTER = [
    (-2, "day", "会前两天|会前2日|活动前2日|会议召开前2天"),
    (-3, "day", "会前三天|活动前三天报备"),
    (-5, "day", "会前五天|活动前5日报备案|活动开始5天前"),
    (-7, "day", "会前7日|活动开展前7日|会前一周"),
    (-6, "month", "届满前半年|届满前6个月"),
    (-3, "workday", "会议召开前3个工作日|会前三个工作日"),
    (15, "day", "收到通知后半月内|自通知之日起15日内"),
    (3, "workday", "接到交办单后3个工作日内|自会议召开之日起3个工作日内"),
    (5, "workday", "自通知印发之日起五个工作日内|会议纪要印发后5个工作日内"),
    (1, "month", "十四届五次会议闭幕后一个月内|党的二十届五中全会闭幕后一个月内"),
    (6, "month", "立项后半年内|自印发之日起6个月内"),
    (None, "", "如有变化及时报送|会后归档"),
]


@pytest.mark.parametrize(("offset", "unit", "phrases"), AFTER)
def test_new_phrases_of_events(offset, unit, phrases):
    for phrase in phrases.split("|"):
        reading = read(phrase, YEAR)
        assert (phrase, reading.kind, reading.offset, reading.offset_unit) == (phrase, "after", offset, unit)


CONTENT = """
    4月至6月落实每周学习制度|第三季度建立每月一星评选机制|每月25日前落实每周学习制度|月度例会制度每季度末完善
    一季度未完成事项每月25日前|“双月座谈”方案每月25日前|每周一课每月25日前|三季度以来的工作，9月20日前总结
    年度考核方案每月25日前完善|开展“一月一主题”活动，每季度末
"""


@pytest.mark.parametrize(
    "phrase", [part.strip() for part in CONTENT.replace("\n", "|").split("|") if len(part.strip()) > 3]
)
def test_times_within_the_work_are_asked_about(phrase):
    """A rhythm or a quarter in the name of the work is never silently a due date."""
    assert read(phrase, YEAR).confirm
