from registry.report.github import github


def test_writes_one_command_for_each_finding(report, finding):
    assert "".join(github(report([finding(hint="count again")]))) == (
        "::error file=models/a.yml,line=4,col=12,endColumn=14,endLine=4,title=MIR201"
        "::'-3' is below zero (count again)\n"
        "Found 1 error in 1 of 1 file.\n"
    )


def test_severities_are_github_s(report, finding):
    lines = "".join(github(report([finding(severity="warning"), finding(severity="info")]))).splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["::warning", "::notice"]


def test_columns_are_left_out_where_the_range_has_many_lines(report, finding):
    (line, _) = "".join(github(report([finding("-3\n\tP")]))).splitlines()
    assert "col" not in line.lower()
    assert "line=4,endLine=5" in line


def test_no_text_can_inject_a_command(report, finding, hostile):
    """Parses what was written as the runner does (ActionCommand.TryParseV2 in actions/runner)."""
    hostile_finding = finding(message=hostile, hint=hostile, file=f"a{hostile}.yml")
    command, total, *rest = "".join(github(report([hostile_finding]))).split("\n")
    assert rest == [""]
    assert total.startswith("Found 1 error")
    head, _, data = command.removeprefix("::").partition("::")
    name, _, properties = head.partition(" ")
    assert name == "error"
    assert [item.partition("=")[0] for item in properties.split(",")] == [
        "file", "line", "col", "endColumn", "endLine", "title",
    ]  # fmt: skip
    assert "\r" not in command
    assert "##[" not in command
    unescaped = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    assert "\n" not in unescaped
