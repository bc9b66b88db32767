"""In a copy of the package that has a form of 2031 with a renamed row."""

from gouji.templates.edition import edition_ids, for_year, load, newest
from gouji.validators import judge_values

assert edition_ids() == ("2019", "2021", "2031"), edition_ids()
assert for_year(2030).id == "2021"
assert for_year(2032).id == newest().id == "2031"
full = dict.fromkeys(load("2031").fields, 0.0)
verdict = judge_values(full, edition="2031", year=2031, sources={"prior": {}})
assert {u.field for u in verdict.unchecked if u.rule == "Y-CARRY"} == {
    f"t3.brought_in.{column}" for column in load("2031").sets["columns"]
}
