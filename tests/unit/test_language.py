"""The Swedish catalogue is complete, and the tool that says so can say no (ADR 0003)."""

import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from narvaro.language import Message, translate, translate_plural

ROOT = Path(__file__).resolve().parents[2]


def load_tool() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("messages_tool", str(ROOT / "bin/messages"))
    tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("messages_tool", loader))
    loader.exec_module(tool)
    return tool


messages_tool = load_tool()
SOURCE = """
from narvaro.language import Message, N_, translate, translate_plural

KIND = N_("Valid")
NOTE = Message.of("Row {row} is " "odd.", row=3)
AGAIN = translate(KIND, "sv")
DAYS = translate_plural("{n} day", "{n} days", 2, "sv").format(n=2)
OTHER = Band.of("not a message")
"""


@pytest.fixture
def files(tmp_path):
    """A small translated project."""
    files = messages_tool.Files(tmp_path)
    files.source.mkdir(parents=True)
    write(files, SOURCE)
    messages_tool.update(files)
    fill(files, "Valid", "Giltig")
    fill(files, "Row {row} is odd.", "Rad {row} är udda.")
    text = files.po.read_text("utf-8")
    text = text.replace('msgstr[0] ""', 'msgstr[0] "{n} dag"').replace('msgstr[1] ""', 'msgstr[1] "{n} dagar"')
    files.po.write_text(text, "utf-8")
    messages_tool.update(files)
    return files


def write(files, source):
    (files.source / "words.py").write_text(source, "utf-8")


def fill(files, text, translation):
    old = f'msgid "{text}"\nmsgstr ""'
    content = files.po.read_text("utf-8")
    assert old in content
    files.po.write_text(content.replace(old, f'msgid "{text}"\nmsgstr "{translation}"'), "utf-8")


def replace(path, old, new):
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new), "utf-8")


def test_the_catalogue_of_narvaro_is_complete():
    assert messages_tool.problems(messages_tool.Files(ROOT)) == []


def test_a_translated_project_has_no_problems(files):
    assert messages_tool.problems(files) == []


def test_texts_are_found_where_they_are_marked(files):
    ids = [message.id for message in messages_tool.extract(files) if message.id]
    assert ids == ["Valid", "Row {row} is odd.", ("{n} day", "{n} days")]


def test_updating_twice_changes_nothing(files):
    before = files.po.read_bytes(), files.mo.read_bytes()
    messages_tool.update(files)
    assert (files.po.read_bytes(), files.mo.read_bytes()) == before


def test_updating_keeps_translations_and_drops_unused_texts(files):
    write(files, SOURCE.replace('N_("Valid")', 'N_("Invalid")'))
    messages_tool.update(files)
    content = files.po.read_text("utf-8")
    assert "Giltig" not in content
    assert "Rad {row} är udda." in content


def damage_source(files):
    write(files, SOURCE.replace('N_("Valid")', 'N_("Invalid")'))


def damage_fuzzy(files):
    replace(files.po, 'msgid "Valid"', '#, fuzzy\nmsgid "Valid"')


def damage_translation(files):
    replace(files.po, 'msgstr "Giltig"', 'msgstr ""')


def damage_plural(files):
    replace(files.po, 'msgstr[1] "{n} dagar"', 'msgstr[1] ""')


def damage_field(files):
    replace(files.po, "Rad {row}", "Rad {rad}")


def damage_plural_field(files):
    replace(files.po, "{n} dagar", "{antal} dagar")


def damage_mo(files):
    replace(files.po, "Giltig", "Godkänd")


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (damage_source, ["missing", "no longer used"]),
        (damage_fuzzy, ["marked fuzzy", "django.mo"]),
        (damage_translation, ["not translated", "django.mo"]),
        (damage_plural, ["not translated", "django.mo"]),
        (damage_field, ["differ from the source's", "django.mo"]),
        (damage_plural_field, ["that the source lacks", "django.mo"]),
        (damage_mo, ["django.mo"]),
    ],
)
def test_every_kind_of_gap_is_found(files, damage, expected):
    damage(files)
    found = messages_tool.problems(files)
    assert len(found) == len(expected)
    assert all(part in line for part, line in zip(expected, found, strict=True))


@pytest.mark.parametrize("text", ['f"Row {row}"', '"Row " + row', '"Row %s" % row'])
def test_a_text_put_together_at_run_time_is_refused(files, text):
    write(files, f"Message.of({text})")
    with pytest.raises(SystemExit, match=r"words\.py:1"):
        messages_tool.extract(files)


def test_english_needs_no_catalogue_and_unknown_texts_stay():
    assert translate("No such text.", "en") == "No such text."
    assert translate("No such text.", "sv") == "No such text."
    assert translate_plural("{n} thing", "{n} things", 2, "sv") == "{n} things"


def test_a_message_fills_in_its_values():
    assert Message.of("Line {line} of {name}", line=3, name="a.csv").say("en") == "Line 3 of a.csv"
