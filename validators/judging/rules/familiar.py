"""The words in which a unit tells of its whole year: others before a number may name a part."""

from __future__ import annotations

import re

from .whose import in_order

_PEOPLE = "(?:公民|自然人|群众)[、和及与](?:企业[、和及与])?"
_ORGANISATIONS = "法人(?:及|和|或者?|与|、|以及)(?:其他|其它)(?:社会)?组织"
_MAY_BE_ALL = "(?!申请(?:[件宗起]|$))"  # 公民申请197件: those of organisations may follow
_OFFICE = "(?:区|县|市|省|镇|乡|街道|局|委|办|厅|处|所|院|校|中心|系统|单位|机关|部门|级|州|盟|旗)"
# Tried in this order at every place of a clause: what is longer, or means more, comes first.
_WORDS = (
    r"^[0-9]{1,2}[.、]|[一二三四五六七八九]是|\(?[一二三四五六七八九十][)、]|第[一二三四五六]部分",
    r"20[0-9]{2}年度?|今年以来|截[至止](?:目前|年底)?|(?:1月1日起?[至到-])?12月(?:31日|底)?",
    r"上年度|(?:上年|上一年|去年)(?:度|至今年|的)?|本年度?|全年度?|今年|年度|年内|一年来|跨年度?",
    r"因[^,]{0,24}等(?:原因|情形)?",
    rf"{_PEOPLE}{_ORGANISATIONS}|公民个人|(?:公民|群众){_MAY_BE_ALL}|社会公众|公众|申请人|人(?=向)",
    rf"(?<!到)(?<!受理)(?:自然人|{_ORGANISATIONS})",
    rf"[我本全]{_OFFICE}(?:各级)?(?:各部门|行政机关|机关)?|各级(?:行政)?机关|行政机关|代表",
    r"各类|各种|任何|书面(?!答复)|其他|形式|(?:市|省)政府办公厅|依申请公开(?:工作)?(?:方面)?",
    r"主动|政府信息(?:公开)?(?:工作|申请|类|方面|领域|渠道)?|政务信息|信息公开|公开申请|申请公开",
    r"行政规范性文件|规范性文件|行政(?:许可|处罚|强制|复议|诉讼|事业性收费|征收)|复议|诉讼|案件|案",
    r"申请|公开|信息|办件|事项|措施|处理|决定|文件|规章|政府规章",
    r"(?:新)?收到|接到|受理|接收|收办|办理(?:完毕|完成|结果|情况)?|处理|答复|办结|回复|办毕",
    r"新收|新增|新受理|提出|提交|要求|有关|关于|针对|涉及|结转|转结|转入|顺延|延续",
    r"尚未到期|未到期|到期|下一?年度?|次年|明年|继续|另外?有?|剩余|尚有|还有|其余|余下|仍有|其中|当中",
    r"加上|减去|(?:不?含|包括)(?=上|跨|去|结)|时间|较[晚迟]|法定|期限内?|尚未|期内|时限内?|仍在|[尚还]在|待|清理|保留|按照|根据|《?条例》?|规定|(?<=年)收(?![取费])|完成|转(?=下|至|入|次)",
    r"[0-9,]{1,7}[件宗起](?=的?(?:政府信息|申请|公开))",
    r"制发|制定|制作|印发|出台|新制发|废止|现行有效|区级|市级|县级|作出|做出|实施|执行",
    r"收取|征收|收费|总?金额|总额|收入|万元|予以公开|部分公开|不予公开|无法提供|不予处理|其他处理",
    r"属于|作|同意|结果|从|看|情形|情况|原因|范围|方面|因|由|引起|引发|产生|导致|发生|出现|被|提起|以|此",
    r"暂|未曾?|没有|没|无|零|不存在|也|且|并|均|都|全部|已|依法|按期|按时|按规定|[获得]?维持",
    r"数量|总数|总量|件数|件次|分别为|分别是|共计|总计|合计|共|计|件|起|宗|份|条|个|部|人民",
    r"的|了|有|为|是|和|与|及|或|等|在|中|于|对|向|至|到|达|类|本|年|总",
)
_FAMILIAR = re.compile("|".join(_WORDS))
_BODIES = "省市县区州盟旗镇乡局委办厅街道政府"
_BODY = re.compile(rf"[一-鿿]{{1,16}}[{_BODIES}]")


def plain(unit: str, clause: str) -> bool:
    """Whether a clause, its number taken out, has only familiar words and the unit's name.

    Of others (涉企, 提前, 对个人) nobody knows whether they name a part: then a number that does
    not fit is no fault.
    """
    rest = _FAMILIAR.sub("", clause)
    return not re.search("[0-9]", rest) and all(
        not run.strip(_BODIES)
        or (len(run) > 1 and in_order(run, unit))
        or (not unit and _BODY.fullmatch(run))
        for run in re.findall("[一-鿿]+", rest)
    )


__all__ = ["plain"]
