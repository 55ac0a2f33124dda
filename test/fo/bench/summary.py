"""All that was measured in one table: the figures that have a row, with each way of noticing a dead line as a column."""
from .figure import number

OURS = "watcher"
COLUMNS = (OURS, "one-shot", "the article's", "ping", "fping", "dpinger", "mwan3")
HEAD = ("", "ours, with watcher", "ours, one-shot", "the article's", "keepalived + ping", "keepalived + fping",
        "dpinger's rule", "mwan3track's rule", "others", "limit", "× limit")


def rows(tables):
    """[{"name", "unit", "values": {column: value}, "others": {name: value}, "limit", "ratio", "holds"}] of {part: figures}."""
    return [_row(figure) for table in tables.values() for figure in table if figure.row]


def _row(figure):
    values = {OURS: figure.ours} | {name: value for name, value in figure.peers.items() if name in COLUMNS}
    others = {name: value for name, value in figure.peers.items() if name not in COLUMNS}
    ratio = figure.ours / figure.limit if figure.limit and figure.ours is not None else None
    return {"name": figure.row, "unit": figure.unit, "values": values, "others": others, "limit": figure.limit,
            "ratio": ratio, "holds": figure.holds}


def cells(row):
    """As text, in the order of HEAD. A rival that was not measured has an empty cell, one that never noticed it `never`."""
    others = ", ".join(f"{name} {_read(value, row)}" for name, value in row["others"].items())
    return [row["name"], *(_read(row["values"][name], row) if name in row["values"] else "" for name in COLUMNS), others,
            "" if row["limit"] is None else _read(row["limit"], row), "" if row["ratio"] is None else number(row["ratio"])]


def _read(value, row):
    return "never" if value is None else f"{number(value)} {row['unit']}".strip()


def columns(table):
    """The head and the rows without what is empty in all of them."""
    lines = [list(HEAD), *map(cells, table)]
    kept = [at for at in range(len(HEAD)) if at < 2 or any(line[at] for line in lines[1:])]
    return [[line[at] for at in kept] for line in lines]
