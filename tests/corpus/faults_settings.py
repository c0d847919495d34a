"""Faults of the configuration: paths that lead elsewhere, and YAML that is a trap."""

PATHS = {
    "a path to a system file": ("../../etc/passwd", "leads out of the project"),
    "a path to a table outside": ("../outside.csv", "leads out of the project"),
    "a path out and in again": ("data/../../outside.csv", "leads out of the project"),
    "an absolute path": ("/etc/people.csv", "leads out of the project"),
    "an absolute path without a kind": ("/etc/passwd", "leads out of the project"),
    "a zero byte in a path": ("people\0.csv", "does not exist"),
    "a line break in a path": ("peo\nple.csv", "does not exist"),
    "a path of spaces": ("   ", "is blank"),
    "a path in another person's folder": ("~root/people.csv", "does not exist"),
    "a path with a shell command": ("$(touch gone).csv", "does not exist"),
    "an address on the web": ("https://example.org/people.csv", "does not exist"),
    "a path of a thousand letters": ("p" * 1000 + ".csv", "people"),
    "a path of the old Excel kind": ("people.xls", "cannot be read"),
    "a path without a kind": ("people", "does not exist"),
}
LAUGHS = "\n".join(
    ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
)
YAML = {
    "a YAML bomb of aliases": (LAUGHS, "repeated parts"),
    "a YAML list that contains itself": ("a: &a [*a]\n", "contains itself"),
    "YAML that runs Python": ("a: !!python/object/apply:os.system ['touch gone']\n", "line 1"),
    "YAML that imports a module": ("a: !!python/module:os\n", "line 1"),
    "a YAML tag of its own": ("a: !secret x\n", "line 1"),
    "YAML nested too deep": ("a: " + "[" * 1500 + "]" * 1500, "too deep"),
    "a YAML key that is a list": ("? [a, b]\n: 1\n", "key"),
    "a YAML key twice": ("a: 1\na: 2\n", "written twice"),
    "a YAML date that is none": ("a: 2019-02-30\n", "day"),
    "a control character in YAML": ("a: \x07\n", "not valid YAML"),
    "a tab before a YAML key": ("a:\n\tb: 1\n", "line 2"),
    "a YAML quote that never ends": ('a: "b\n', "line"),
    "an alias of nothing in YAML": ("a: *b\n", "undefined alias"),
    "two YAML documents": ("a: 1\n---\nb: 2\n", "line"),
    "YAML that is a list": ("- a\n- b\n", "found list"),
    "an empty YAML file": ("", "found NoneType"),
    "YAML in Latin-1": ("a: Zürich\n".encode("latin-1"), "not UTF-8"),
}
