"""Writes harbour.csv, the small example of docs/your-study.md. Every person in it is made up.

Run it in this folder: `python make_harbour.py`. A test holds it to the committed file, byte for byte.
"""

import csv
import datetime
import io
import math
import random
from pathlib import Path

HEADER = [
    *("id", "visit", "visit_date", "days", "gender", "birth_year", "education", "peer_group", "connections"),
    *("own_tenancy", "with_family", "work_day", "work"),
]
PEOPLE, SEED = 120, 2026
GENDERS = [1] * 54 + [2] * 60 + [3] * 4 + [4] * 2
START = datetime.date(2023, 3, 1)
TYPING_ERRORS = {
    ("H017", 0, "gender"): 22,
    ("H044", 1, "connections"): 134,
    ("H081", 0, "visit_date"): "2023-13-04",
}


def chance(rng: random.Random, log_odds: float) -> int:
    """1 with the probability that the log odds stand for, otherwise 0."""
    return int(rng.random() < 1 / (1 + math.exp(-log_odds)))


def score(rng: random.Random, mean: float, sd: float) -> int:
    """A whole number of points from 0 to 20."""
    return min(20, max(0, round(rng.gauss(mean, sd))))


def yes_no(value: int) -> int:
    """The questionnaire's codes: 1 yes, 2 no."""
    return 1 if value else 2


def visits_of(rng: random.Random) -> list[int]:
    """Which interviews took place; the first always does."""
    return [0] + [wave for wave in (1, 2) if rng.random() < 0.86]


def one_person(number: int, gender: int, rng: random.Random) -> list[dict[str, object]]:
    """Rows of one person: who they are, and what they said at each interview."""
    started = START + datetime.timedelta(days=rng.randrange(240))
    person = {
        "id": f"H{number + 1:03}",
        "gender": gender,
        "birth_year": 2023 - rng.randrange(20, 62),
        "education": rng.choice((1, 1, 2, 2, 3)),
    }
    peer = chance(rng, -0.2 + 0.4 * (gender == 1))
    points, housed = score(rng, 9 + peer, 3), chance(rng, -0.3)
    wait = rng.expovariate(0.0016 * math.exp(0.7 * peer))
    rows, days = [], 0
    for visit in range(3):
        if visit:
            days = 182 * visit + rng.randrange(-12, 25)
            points, housed, peer = (
                score(rng, 4 + 0.5 * points + 1.9 * peer, 2.4),
                chance(rng, -0.9 + 1.7 * housed + 0.7 * peer),
                chance(rng, -1.4 + 2.6 * peer),
            )
        tenancy = housed and rng.random() < 0.6
        answers = {
            "visit": visit,
            "visit_date": (started + datetime.timedelta(days=days)).isoformat(),
            "days": days or "",
            "peer_group": yes_no(peer) if rng.random() > 0.02 else -9,
            "connections": points if rng.random() > 0.02 else -9,
            "own_tenancy": yes_no(tenancy),
            "with_family": yes_no(housed and not tenancy),
        }
        rows.append(person | answers)
    kept = visits_of(rng)
    rows = [rows[visit] for visit in kept]
    last = max(30, rows[-1]["days"] or rng.randrange(30, 150))
    rows[0] |= {"work_day": min(last, max(1, round(wait))), "work": int(wait <= last)}
    return rows


def harbour() -> str:
    """The whole file as text."""
    rng = random.Random(SEED)
    genders = rng.sample(GENDERS, PEOPLE)
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    for number, gender in enumerate(genders):
        for row in one_person(number, gender, rng):
            for column in HEADER:
                row[column] = TYPING_ERRORS.get((row["id"], row["visit"], column), row.get(column, ""))
            writer.writerow(row)
    return out.getvalue()


if __name__ == "__main__":
    Path("harbour.csv").write_text(harbour(), encoding="utf-8")
