"""`marsad places import`: what is taken of a public gazetteer, what is merged, and what a bad file does."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from alerts.places.gazetteer import IMPORTED, Gazetteer
from alerts.places.importing import ImportFailed, Report, import_file, remove_source, sources
from alerts.places.index import fill, new_file
from alerts.places.model import Place

COUNTRY = Place("SY", "سوريا", "country")
PLACES = (
    COUNTRY,
    Place("LB", "لبنان", "country"),
    Place("SY-HI", "حمص", "governorate", ("SY",), codes=(("pcode", "SY04"),)),
    Place("SY-HM", "حماة", "governorate", ("SY",), codes=(("pcode", "SY05"),)),
    Place("gn:1", "النخلة", "town", ("SY-HI", "SY"), lat=34.5, lon=36.7, codes=(("geonames", "1"),)),
    Place("q", "تل الورد", "town", ("SY-HM", "SY")),
)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    path = tmp_path / "shipped.sqlite"
    with new_file(path) as base:
        fill(base, PLACES, frozenset())
    return path


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def write(tmp_path: Path, name: str, *lines: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def table(tmp_path: Path, *lines: str, name: str = "t.csv") -> Path:
    return write(tmp_path, name, "id,name_ar,kind,country,lat,lon,parent", *lines)


def names_of(state: Path, shipped: Path) -> dict[str, str]:
    known = {place.id for place in PLACES}
    return {place.id: place.name for place in Gazetteer.load(shipped, state) if place.id not in known}


def skipped(report: Report) -> dict[str, int]:
    return {reason: rows for reason, (rows, _) in report.skipped.items()}


def test_a_village_comes_in_with_what_its_p_codes_say_it_lies_in(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = write(
        tmp_path, "cod.tsv",
        "gov_ar\tgov_pcode\tdist_ar\tdist_pcode\tloc_ar\tloc_pcode\tlat\tlon",
        "حمص\tSY04\tمركز القصب\tSY0499\tعين الحور\tC9001\t34.61\t36.51",
    )  # fmt: skip
    report = import_file(path, "cod", None, state, shipped=shipped)
    assert (report.rows, report.taken, report.merged, report.skipped) == (3, 2, 1, {})
    gazetteer = Gazetteer.load(shipped, state)
    (village,) = gazetteer.find("عين الحور")
    assert village.parents == ("pcode:SY0499", "SY-HI", "SY")
    assert (village.sort, village.lat, village.source) == ("village", 34.61, "cod")


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("9,النخله,town,SY,34.51,36.71,", "same"),  # near, and written with ه
        ("9,النخلة,town,SY,35.5,36.7,", "new"),  # 111 km away
        ("9,النخلة,town,LB,34.5,36.7,", "new"),  # in another country
        ("9,النخلة,governorate,SY,34.5,36.7,", "new"),  # of another kind
        ("9,قرية النخلة,village,SY,34.5,36.7,", "same"),  # called by what it is
        ("9,تل الورد,town,SY,,,", "same"),  # neither says where, and no other bears the name
        ("9,محافظة حمص,governorate,SY,34.7,36.7,", "same"),
    ],
)
def test_a_place_is_known_again_by_name_kind_and_nearness(
    tmp_path: Path, state: Path, shipped: Path, row: str, outcome: str
) -> None:
    report = import_file(table(tmp_path, row), "csv", None, state, shipped=shipped)
    assert (report.taken, report.merged) == ((1, 0) if outcome == "new" else (0, 1))


def test_a_place_is_known_again_by_its_code_and_gains_the_other_name(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    path = write(tmp_path, "g.tsv", "cc\tgeonameid\tpopulation\tlat\tlon\tname_ar", "SY\t1\t9000\t34.5\t36.7\tنخلة حمص")
    assert import_file(path, "geonames", None, state, shipped=shipped).merged == 1
    place = Gazetteer.load(shipped, state).place("gn:1")
    assert (place.name, place.names, place.population) == ("النخلة", ("نخلة حمص",), 9000)


def test_a_district_is_known_again_by_its_name_alone(tmp_path: Path, state: Path, shipped: Path) -> None:
    import_file(table(tmp_path, "1,القصب,district,SY,,,", name="one.csv"), "csv", None, state, shipped=shipped)
    report = import_file(
        table(tmp_path, "2,منطقة القصب,county,SY,34.6,36.6,", name="two.csv"), "csv", None, state, shipped=shipped
    )
    assert (report.taken, report.merged) == (0, 1)
    (district,) = Gazetteer.load(shipped, state).find("القصب")
    assert (district.lat, district.lon) == (34.6, 36.6)


def test_what_a_killed_import_left_is_cleared_away(tmp_path: Path, state: Path, shipped: Path) -> None:
    state.mkdir()
    (state / f"{IMPORTED}.abc.new").write_text("half")
    import_file(table(tmp_path, "1,القصب,village,SY,,,"), "csv", None, state, shipped=shipped)
    assert not list(state.glob("*.new"))


def test_a_dump_of_geonames_has_no_header_and_its_names_are_chosen(tmp_path: Path, state: Path, shipped: Path) -> None:
    cells = ["77", "Al Wardiyah", "Al Wardiyah", "Wardiya,الوردية,Вардия", "34.2", "36.4", "P", "PPL", "SY"]
    path = write(
        tmp_path, "SY.txt", "\t".join([*cells, "", "11", "", "", "", "700", "", "500", "Asia/Damascus", "2024-01-01"])
    )
    import_file(path, "geonames", None, state, shipped=shipped)
    assert names_of(state, shipped) == {"gn:77": "الوردية"}


def test_a_distribution_of_whos_on_first_is_read_as_sqlite(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = tmp_path / "wof.db"
    base = sqlite3.connect(path)
    base.executescript(
        "create table spr (id, placetype, country, latitude, longitude, is_current);"
        "create table names (id, language, privateuse, name);"
        "insert into spr values (5, 'locality', 'SY', 34.1, 36.1, 1), (6, 'locality', 'SY', 34.2, 36.2, 0);"
        "insert into names values (5, 'ara', 'preferred', 'كرم الزيتونة'), (6, 'ara', 'preferred', 'خربة القديمة');"
    )
    base.commit()
    base.close()
    report = import_file(path, "wof", None, state, shipped=shipped)
    assert names_of(state, shipped) == {"wof:5": "كرم الزيتونة"}
    assert skipped(report) == {"no longer current": 1}


def test_a_mapping_names_the_columns_of_any_table(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = write(tmp_path, "own.csv", "Village;X1", "الدالية البيضاء;3")
    with pytest.raises(ImportFailed, match=r"missing columns.*Village, X1"):
        import_file(path, "csv", None, state, shipped=shipped)
    mapping = {"name": "Village", "country": "=SY", "kind": "=village"}
    import_file(path, "csv", mapping, state, shipped=shipped)
    assert list(names_of(state, shipped).values()) == ["الدالية البيضاء"]
    with pytest.raises(ImportFailed, match="no such field: colour"):
        import_file(path, "csv", {"colour": "X1"}, state, shipped=shipped)


def test_json_is_read_with_its_inner_keys_joined_by_points(tmp_path: Path, state: Path, shipped: Path) -> None:
    item = {"id": "SYX1", "level": 3, "name": {"local": "ناحية الكرمة"}, "parent": {"name": {"local": "حماة"}}}
    path = write(tmp_path, "a.json", json.dumps([item, 7], ensure_ascii=False))
    report = import_file(path, "csv", None, state, shipped=shipped)
    assert skipped(report) == {"not an object": 1}
    (place,) = Gazetteer.load(shipped, state).find("الكرمة")
    assert (place.kind, place.parents) == ("subdistrict", ("SY-HM", "SY"))


def test_importing_twice_changes_nothing(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = table(tmp_path, "1,الدوحة الصغيرة,village,SY,34.1,36.1,", "2,الدوحة الكبيرة,village,SY,34.3,36.1,")
    first = import_file(path, "csv", None, state, shipped=shipped)
    before = (state / IMPORTED).read_bytes()
    again = import_file(path, "csv", None, state, shipped=shipped)
    assert (first.changed, again.changed) == (True, False)
    assert (again.rows, again.taken) == (2, 2)
    assert (state / IMPORTED).read_bytes() == before


def test_a_new_edition_of_a_file_replaces_the_old_one(tmp_path: Path, state: Path, shipped: Path) -> None:
    import_file(table(tmp_path, "1,الدوحة الصغيرة,village,SY,34.1,36.1,"), "csv", None, state, shipped=shipped)
    import_file(table(tmp_path, "2,الدوحة الكبيرة,village,SY,34.3,36.1,"), "csv", None, state, shipped=shipped)
    assert list(names_of(state, shipped).values()) == ["الدوحة الكبيرة"]
    assert len(sources(state)) == 1


def test_removing_a_source_leaves_what_there_would_be_without_it(tmp_path: Path, state: Path, shipped: Path) -> None:
    one = table(tmp_path, "1,الدوحة الصغيرة,village,SY,34.1,36.1,", name="one.csv")
    two = table(tmp_path, "2,الدوحة الكبيرة,village,SY,34.3,36.1,", "3,النخلة,town,SY,34.5,36.7,", name="two.csv")
    import_file(one, "csv", None, state, shipped=shipped)
    alone = {place.id: place for place in Gazetteer.load(shipped, state)}
    import_file(two, "csv", None, state, shipped=shipped)
    assert [source.name for source in sources(state)] == ["csv:one.csv", "csv:two.csv"]
    assert remove_source("two.csv", state, shipped=shipped)
    assert {place.id: place for place in Gazetteer.load(shipped, state)} == alone
    assert remove_source("csv:one.csv", state, shipped=shipped)
    assert (sources(state), names_of(state, shipped)) == ((), {})
    assert not remove_source("one.csv", state, shipped=shipped)


def test_rows_that_cannot_be_used_are_counted_by_reason_and_line(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = table(
        tmp_path,
        "1,الدوحة الصغيرة,village,SY,34.1,36.1,",
        "2,Latin only,village,SY,34.1,36.1,",
        "3,الدوحة,village,ZZ,34.1,36.1,",
        "4,الدوحة,glacier,SY,34.1,36.1,",
        "5,الدوحة",
        "6,نبع الماء,village,SY,999,36.1,",
    )
    report = import_file(path, "csv", None, state, shipped=shipped)
    assert (report.rows, report.taken) == (6, 2)
    assert report.skipped["no Arabic name"] == (1, (3,))
    assert report.skipped["not a kind of place that is kept: glacier"] == (1, (5,))
    assert report.skipped["2 cells where the header has 7"] == (1, (6,))
    assert "there is no country ZZ" in report.skipped
    (spring,) = Gazetteer.load(shipped, state).find("نبع الماء")
    assert spring.lat is None


def test_parents_that_lead_round_in_a_circle_are_skipped_and_the_rest_comes_in(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    path = table(
        tmp_path,
        "a,وادي الحلقة,district,SY,,,b",
        "b,سهل الحلقة,district,SY,,,a",
        "c,تل الحلقة,village,SY,,,c",
        "e,الفرع البعيد,village,SY,34.1,36.1,d",
        "d,الأصل القريب,district,SY,,,",
    )
    report = import_file(path, "csv", None, state, shipped=shipped)
    assert skipped(report) == {"its parents lead round in a circle": 3}
    (place,) = Gazetteer.load(shipped, state).find("الفرع البعيد")
    assert [Gazetteer.load(shipped, state).place(id).name for id in place.parents] == ["الأصل القريب", "سوريا"]


def test_lines_that_are_not_utf8_are_skipped_where_few(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = table(tmp_path, *(f"{n},دوحة {'ابتثجح'[n]},village,SY,34.{n},36.1," for n in range(6)))
    path.write_bytes(path.read_bytes() + b"\n9,\xe3\xcf\xed\xe4\xc9,village,SY,34.9,36.1,\n")
    report = import_file(path, "csv", None, state, shipped=shipped)
    assert (report.taken, skipped(report)) == (6, {"the line is not UTF-8": 1})


def test_utf16_with_its_mark_is_read(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = write(tmp_path, "u.csv", "name_ar,country,kind", "الدالية البيضاء,SY,village", encoding="utf-16")
    assert import_file(path, "csv", None, state, shipped=shipped).taken == 1


@pytest.mark.parametrize(
    ("content", "source", "says"),
    [
        ("id,name_ar,country\n1,مدينة الورد,SY\n2,مدينة النخل,SY".encode("windows-1256"), "csv", "iconv"),
        (b"", "csv", "no rows"),
        (b"a,b\n1,2\n", "csv", "missing columns"),
        (b"a\tb\n1\t2\n", "cod", "missing columns"),
        (b"name_ar\n" + b"x" * (2 << 20), "csv", "longer than"),
        (b"[" * 100_000, "csv", "cannot be read"),
        (b"SQLite format 3\0" + b"\0" * 100, "wof", "no distribution"),
        (b"id,name_ar,country\n1,Homs,SY\n", "csv", "no row of 1 could be used: no Arabic name"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_the_old_index_stays(
    tmp_path: Path, state: Path, shipped: Path, content: bytes, source: str, says: str
) -> None:
    import_file(table(tmp_path, "1,الدوحة الصغيرة,village,SY,34.1,36.1,"), "csv", None, state, shipped=shipped)
    before = (state / IMPORTED).read_bytes()
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(ImportFailed, match=says):
        import_file(tmp_path / "bad.csv", source, None, state, shipped=shipped)  # type: ignore[arg-type]
    assert (state / IMPORTED).read_bytes() == before


def test_a_village_lies_in_the_governorate_of_all_its_neighbours(tmp_path: Path, state: Path, shipped: Path) -> None:
    letters = "ابتثجح"
    near = [f"{n},جارة {letters[n]},village,SY,34.7{n},36.70,g" for n in range(4)]
    path = table(tmp_path, "g,حمص,governorate,SY,,,", *near, name="one.csv")
    import_file(path, "csv", None, state, shipped=shipped)
    path = table(
        tmp_path, "8,القريبة منهم,village,SY,34.72,36.71,", "9,البعيدة عنهم,village,SY,35.72,38.7,", name="two.csv"
    )
    import_file(path, "csv", None, state, shipped=shipped)
    gazetteer = Gazetteer.load(shipped, state)
    assert gazetteer.find("القريبة منهم")[0].parents == ("SY-HI", "SY")
    assert gazetteer.find("البعيدة عنهم")[0].parents == ("SY",)


def test_a_new_name_that_is_a_common_word_is_marked_and_a_known_one_keeps_its_standing(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    path = table(tmp_path, "1,كبير,village,SY,34.1,36.1,", "2,النخلة,village,LB,34.1,36.1,")
    import_file(path, "csv", None, state, shipped=shipped)
    gazetteer = Gazetteer.load(shipped, state)
    assert (gazetteer.is_common("كبير"), gazetteer.is_common("النخلة")) == (True, False)


@pytest.mark.parametrize("source", ["cod", "wof"])
def test_the_gazetteers_in_shared_come_in(tmp_path: Path, state: Path, source: str) -> None:
    data = Path(__file__).parents[2] / "../shared/data/gazetteer"
    if not data.is_dir():
        pytest.skip("../shared/data/gazetteer is not there")
    name = {"cod": "syria_cod_pcodes.tsv", "wof": "wof_ar_names.tsv"}[source]
    path = tmp_path / name
    with (data / name).open(encoding="utf-8") as whole:
        path.write_text("".join(line for _, line in zip(range(1500), whole, strict=False)), "utf-8")
    report = import_file(path, source, None, state)  # type: ignore[arg-type]
    assert report.taken + report.merged > 0.9 * report.rows
    assert report.merged > 100
