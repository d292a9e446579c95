"""`marsad places import`: what is taken of a public gazetteer, what is merged, and what a bad file does."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.places.gazetteer import IMPORTED, Gazetteer
from alerts.places.importing import country_of, import_file, remove_source, sources
from alerts.places.imports import Import, read_imports, write_imports
from alerts.places.index import IndexFileError, fill, new_file
from alerts.places.model import Place
from alerts.places.report import Left, Report
from alerts.places.rows import SOURCES, ImportFailed, Row, Skip, Source
from alerts.places.tables import read_table

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
    return {reason: left.rows for reason, left in report.skipped.items()}


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
        ("9,النخلة,district,SY,34.5,36.7,", "new"),  # of another kind
        ("9,النخلة,governorate,SY,34.5,36.7,", "same"),  # the country's governorates are known: it can be none
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
    assert report.skipped == {
        "no Arabic name": Left(1, (3,)),
        "there is no such country": Left(1, (4,), (("ZZ", 1),)),
        "not a kind of place that is kept": Left(1, (5,), (("glacier", 1),)),
        "another number of cells than the header's 7": Left(1, (6,), (("2 cells", 1),)),
    }
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
    assert skipped(report) == {"its parents lead round in a circle, or more than 12 levels up": 3}
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
        (b'[{"name": "\xe3\xcf"}]', "csv", "cannot be read"),
        (b"[]", "csv", "no rows"),
        (b"\x1f\x8b\x08\0\0\0", "csv", "gzip: unpack it first"),
        (b"PK\x03\x04\0\0", "cod", "save the sheet as CSV"),
        (b"SQLite format 3\0", "csv", "only --source wof"),
        (b"," * 600 + b"\n", "csv", "601 columns"),
        (b"gov_ar,gov_pcode\n\xd8\xad,SY04\n", "csv", "--source cod"),
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


def test_a_packed_file_a_folder_and_a_pipe_are_refused_in_words(tmp_path: Path, state: Path, shipped: Path) -> None:
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(b"name_ar,country\n"))
    with pytest.raises(ImportFailed, match=r"^t\.csv\.gz: this is gzip: unpack it first, e\.g\. gunzip -k t\.csv\.gz$"):
        import_file(packed, "csv", None, state, shipped=shipped)
    with pytest.raises(IsADirectoryError):
        import_file(tmp_path, "csv", None, state, shipped=shipped)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ImportFailed, match="no regular file"):
        import_file(tmp_path / "pipe", "csv", None, state, shipped=shipped)
    assert not (state / IMPORTED).exists()


def test_lines_with_null_characters_and_overlong_ones_are_skipped_by_their_number(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    long = '6,"' + "ا" * 200_000 + '",village,SY,34.1,36.1,'
    path = table(
        tmp_path,
        "2,دوحة الخير,village,SY,34.1,36.1,",
        "3,دوحة\0السلام,village,SY,34.2,36.1,",
        "# a note",
        "5," + "ب" * (1 << 20) + ",village,SY,34.3,36.1,",
        long,
        "7,دوحة البركة,village,SY,34.4,36.1,",
    )
    report = import_file(path, "csv", None, state, shipped=shipped)
    assert sorted(names_of(state, shipped).values()) == ["دوحة البركة", "دوحة الخير"]
    assert {why: left.lines for why, left in report.skipped.items()} == {
        "the line holds null characters": (3,),
        "the line is longer than 1,048,576 bytes": (5,),
        "the line cannot be read: field larger than field limit (131072)": (6,),
    }


def test_lines_that_an_open_quotation_mark_takes_along_are_all_counted(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    rows = [f"{n},دوحة الخير,village,SY,34.1,36.1," for n in range(5000)]
    path = table(tmp_path, "1,دوحة السلام,village,SY,34.6,36.1,", '2,"دوحة البركة,village,SY,34.9,36.1,', *rows)
    report = import_file(path, "csv", None, state, shipped=shipped)
    (left,) = report.skipped.values()
    assert left.lines[0] == 3
    assert left.rows + report.taken + report.merged == 5002


def test_coordinates_out_of_range_are_no_coordinates(tmp_path: Path, state: Path, shipped: Path) -> None:
    points = [("91", "36"), ("34", "181"), ("nan", "36"), ("inf", "36"), ("0", "0"), ("", "36"), ("34,5", "36")]
    rows = [f'{n},دوحة {"ابتثجحخ"[n]},village,SY,"{lat}",{lon},' for n, (lat, lon) in enumerate(points)]
    report = import_file(table(tmp_path, *rows), "csv", None, state, shipped=shipped)
    gazetteer = Gazetteer.load(shipped, state)
    assert report.taken == len(points)
    assert {gazetteer.place(id).lat for id in names_of(state, shipped)} == {None}


def test_a_code_given_twice_is_one_place_only_where_both_stand_together(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    header = "name_ar,kind,country,lat,lon,pcode"
    path = write(
        tmp_path,
        "codes.csv",
        header,
        "دوحة الخير,village,SY,34.1,36.1,C77",
        "دوحة البركة,village,SY,34.11,36.1,C77",
        "دوحة السلام,village,SY,36.9,41.1,C77",
        "دوحة النور,village,LB,34.1,36.1,C77",
    )
    report = import_file(path, "csv", None, state, shipped=shipped)
    (place,) = (Gazetteer.load(shipped, state).place(id) for id in names_of(state, shipped))
    assert (place.name, place.names) == ("دوحة الخير", ("دوحة البركة",))
    assert skipped(report) == {
        "its code is that of a place over 50 km away": 1,
        "its code is that of a place in another country": 1,
    }


def test_a_code_of_wikidata_that_cannot_be_is_passed_over(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = write(
        tmp_path,
        "wof.tsv",
        "cc\tplacetype\tname_ar\tlat\tlon\tid\twd_id",
        "SY\tlocality\tدوحة الخير\t34.1\t36.1\twof:1\tQ5",
        "SY\tlocality\tدوحة البركة\t36.9\t41.1\twof:2\tQ5",
    )
    assert import_file(path, "wof", None, state, shipped=shipped).taken == 2


def test_lines_that_each_give_one_place_another_name_are_one_place(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = table(
        tmp_path,
        "1,دوحة الخير,village,SY,34.1,36.1,",
        "1,دوحة البركة,village,SY,34.1,36.1,",
        "1,دوحة السلام,village,SY,35.8,38.1,",  # the same number by mistake
    )
    report = import_file(path, "csv", None, state, shipped=shipped)
    places = [Gazetteer.load(shipped, state).place(id) for id in names_of(state, shipped)]
    assert report.taken == 2
    assert sorted((place.name, place.names) for place in places) == [
        ("دوحة الخير", ("دوحة البركة",)),
        ("دوحة السلام", ()),
    ]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (("a,تل الخير,village,SY,34.1,36.1,", "b,سهل الخير,district,SY,,,a"), "it lies in something narrower"),
        (tuple(f"{n},تل الخير {n},village,SY,,,{n - 1}" for n in range(30)), "levels"),
    ],
)
def test_a_hierarchy_that_cannot_be_is_refused_row_by_row(
    tmp_path: Path, state: Path, shipped: Path, rows: tuple[str, ...], why: str
) -> None:
    report = import_file(table(tmp_path, *rows), "csv", None, state, shipped=shipped)
    assert report.taken > 0
    assert all(why in reason for reason in report.skipped)
    assert sum(left.rows for left in report.skipped.values()) + report.taken + report.merged == len(rows)
    gazetteer = Gazetteer.load(shipped, state)
    assert all(gazetteer.place(id).parents[-1] == "SY" for id in names_of(state, shipped))


def test_one_name_does_not_fill_the_index(
    tmp_path: Path, state: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.places.merging.MAX_NAMESAKES", 5)
    rows = [f"{n},دوحة الخير,village,SY,{32 + n / 5:.1f},36.1," for n in range(9)]
    report = import_file(table(tmp_path, *rows), "csv", None, state, shipped=shipped)
    assert (report.taken, skipped(report)) == (5, {"5 places bear the name already": 4})


def test_the_report_says_each_reason_once_with_what_was_at_fault(tmp_path: Path, state: Path, shipped: Path) -> None:
    kinds = ["fort"] * 3 + ["glacier"] * 2 + ["reef"]
    rows = [f"{n},دوحة الخير,{kind},SY,34.1,36.1," for n, kind in enumerate(kinds)]
    path = table(tmp_path, "9,دوحة الخير,village,SY,34.1,36.1,", *rows)
    said = import_file(path, "csv", None, state, shipped=shipped).lines()
    assert said[0] == "csv:t.csv: 7 rows: 1 new places, 0 known ones, 6 left out"
    assert "name from name_ar" in said[1]
    assert said[2:] == ["  6 left out: not a kind of place that is kept: fort 3, glacier 2, reef 1 (line 3, 4, 5 …)"]


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("SY.txt", "SY"),
        ("syr_adminareas.tsv", "SY"),
        ("yemen_info_names.tsv", "YE"),
        ("south-sudan.csv", "SS"),
        ("towns_and_villages.csv", None),
        ("places.csv", None),
    ],
)
def test_a_file_is_of_the_country_that_its_name_names(name: str, country: str | None) -> None:
    assert country_of(name) == country


def test_rows_that_name_no_country_are_of_the_one_that_the_file_names(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    path = write(tmp_path, "syria_names.csv", "level,name_ar", "villages,دوحة الخير")
    report = import_file(path, "csv", None, state, shipped=shipped)
    assert report.columns["country"] == "=SY"
    assert [place.parents for place in Gazetteer.load(shipped, state).find("دوحة الخير")] == [("SY",)]


def test_a_name_that_means_another_place_that_ships_is_not_gained(tmp_path: Path, state: Path, shipped: Path) -> None:
    path = write(tmp_path, "t.csv", "name_ar,kind,country,lat,lon,geonameid", "تل الورد,town,SY,34.5,36.7,1")
    assert import_file(path, "csv", None, state, shipped=shipped).merged == 1
    assert Gazetteer.load(shipped, state).place("gn:1").names == ()


def test_a_further_file_is_merged_into_what_is_there_as_if_all_came_at_once(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    files = [
        table(tmp_path, "g,القصب,district,SY,,,", "1,دوحة الخير,village,SY,34.1,36.1,g", name="one.csv"),
        table(tmp_path, "1,دوحه الخير,village,SY,34.12,36.1,", "2,نبع,village,SY,34.5,36.2,", name="two.csv"),
        table(tmp_path, "1,منطقة القصب,county,SY,34.2,36.1,", "2,دوحة الخير,village,SY,36.1,38.1,", name="three.csv"),
    ]
    for file in files:
        import_file(file, "csv", None, state, shipped=shipped)
    step_by_step = {place.id: place for place in Gazetteer.load(shipped, state)}
    write_imports(state / IMPORTED, anew(state), shipped)
    assert {place.id: place for place in Gazetteer.load(shipped, state)} == step_by_step


def anew(state: Path) -> list[Import]:
    """What was imported, in the index of another gazetteer that ships: all is merged anew."""
    with closing(sqlite3.connect(state / IMPORTED)) as base, base:
        base.execute("update about set value = 'another' where key = 'shipped'")
    return list(read_imports(state / IMPORTED).values())


def test_what_interrupts_an_import_leaves_the_old_index_and_nothing_else(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    import_file(table(tmp_path, "1,دوحة الخير,village,SY,34.1,36.1,"), "csv", None, state, shipped=shipped)
    before = (state / IMPORTED).read_bytes()
    rows = [f"{n},دوحة {n},village,SY,34.1,36.1," for n in range(12_000)]

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(table(tmp_path, *rows, name="two.csv"), "csv", None, state, shipped=shipped, progress=stop)
    assert (state / IMPORTED).read_bytes() == before
    assert sorted(path.name for path in state.iterdir()) == [IMPORTED, f"{IMPORTED}.lock"]


def test_progress_grows_to_the_end(tmp_path: Path, state: Path, shipped: Path) -> None:
    rows = [f"{n},دوحة {n},village,SY,{33 + n / 9000:.4f},36.1,{n - 1 if n % 5 else ''}" for n in range(12_000)]
    told: list[float] = []
    import_file(table(tmp_path, *rows), "csv", None, state, shipped=shipped, progress=told.append)
    assert told == sorted(told)
    assert len(told) > 2
    assert 0 <= told[0] < told[-1] <= 1


def test_an_index_of_imports_of_another_form_is_refused_with_what_to_do(
    tmp_path: Path, state: Path, shipped: Path
) -> None:
    import_file(table(tmp_path, "1,دوحة الخير,village,SY,34.1,36.1,"), "csv", None, state, shipped=shipped)
    with closing(sqlite3.connect(state / IMPORTED)) as base, base:
        base.execute("update about set value = '0' where key = 'imports'")
    with pytest.raises(IndexFileError, match="remove it and import its files again"):
        sources(state)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300), source=st.sampled_from(SOURCES))
def test_no_bytes_do_more_than_be_refused(
    data: bytes, source: Source, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(data)
    try:
        with path.open("rb") as file:
            for row in read_table(file, source, None, "SY").rows:
                assert isinstance(row, Row | Skip)
    except ImportFailed as error:
        assert str(error)


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
    assert report.merged > 50
