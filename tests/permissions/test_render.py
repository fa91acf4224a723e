"""The lawyer's page says what the file says."""

from narvaro.core.access import access
from tests.permissions.render import main, text


def test_every_right_is_on_the_page():
    page = text(access())
    for action in access().actions.values():
        assert f"| {action.words.sv} |" in page
    for route in access().routes:
        assert f"| `{route}` |" in page
    mentor = page.partition("### Mentor\n")[2].partition("###")[0]
    assert "| läsa en elevs närvaro | du är elevens mentor |" in mentor
    assert "besluta om en varning" in mentor
    assert "besluta om en varning" not in page.partition("### Elev\n")[2].partition("##")[0]


def test_the_check_sees_a_page_out_of_step(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("tests.permissions.render.TARGET", tmp_path / "access.md")
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
    assert "out of step" in capsys.readouterr().err
