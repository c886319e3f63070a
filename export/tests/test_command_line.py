"""The command line: groups and verbs, help at each level, one line for what is wrong."""

import pytest

from emberline_export.__main__ import GROUPS, RENAMED, main

VERBS = [(group, verb) for group, (_, verbs) in GROUPS.items() for verb in verbs]


def refused(argv: list[str], capsys: pytest.CaptureFixture) -> str:
    """The one line on stderr."""
    with pytest.raises(SystemExit) as end:
        main(argv)
    out, err = capsys.readouterr()
    assert end.value.code == 2 and out == "" and err.startswith("error: ")
    (line,) = err.splitlines()
    return line


@pytest.mark.parametrize(("group", "verb"), VERBS)
def test_every_verb_has_help(group: str, verb: str, capsys: pytest.CaptureFixture) -> None:
    """Its module is there, and its text names the verb as it is called."""
    with pytest.raises(SystemExit) as end:
        main([group, verb, "--help"])
    text = capsys.readouterr().out
    assert end.value.code == 0 and f"usage: emberline-export {group} {verb} " in text
    assert f"emberline_export {group} {verb}" in text


def test_help_lists_groups_and_verbs(capsys: pytest.CaptureFixture) -> None:
    """All of them at the top, those of a group below it."""
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"{g}: " in text for g in GROUPS) and all(f"\n  {v} " in text for _, v in VERBS)
    for group in GROUPS:
        assert main([group, "--help"]) == 0
        text = capsys.readouterr().out
        assert [line.split()[0] for line in text.splitlines()[3:]] == list(GROUPS[group][1])


@pytest.mark.parametrize("old", RENAMED)
def test_an_old_verb_names_the_new_one(old: str, capsys: pytest.CaptureFixture) -> None:
    """Alone or where a group stands by that name; what it names is there."""
    assert tuple(RENAMED[old].split()) in VERBS
    argv = [old, "ARGUMENT"]
    assert f"`{old}` is now `{RENAMED[old]}`" in refused(argv, capsys)


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        ([], "error: groups are data, train, onnx, evaluate; see --help"),
        (["train"], "error: verbs of train are run, station, station-golden"),
        (
            ["chekc"],
            "error: chekc: no such group; groups are data, train, onnx, evaluate; "
            "did you mean `onnx check`?",
        ),
        (
            ["data", "filn"],
            "error: data filn: no such verb; verbs of data are fire, fire-uneven, fire-sheet, "
            "film, set; "
            "did you mean `data film`?",
        ),
        (
            ["zzz"],
            "error: zzz: no such group; groups are data, train, onnx, evaluate",
        ),
        (["onnx", "habits"], "error: `habits` is now `onnx drift`"),
    ],
)
def test_a_wrong_call_ends_in_one_line(
    argv: list[str], line: str, capsys: pytest.CaptureFixture
) -> None:
    """It names what there is, and what may have been meant."""
    assert refused(argv, capsys) == line
