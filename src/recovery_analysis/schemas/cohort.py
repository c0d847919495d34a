"""The derived tables that models read: one row per person, per person-period, per person-wave."""

import pandera.pandas as pa

ZERO_ONE = pa.Check.isin([0.0, 1.0])

COHORT = pa.DataFrameSchema(
    {
        "person_id": pa.Column(str, unique=True, description="Identifier of the person."),
        "gender": pa.Column(str, nullable=True, description="Gender as the person gave it."),
        "peer": pa.Column(
            float,
            ZERO_ONE,
            nullable=True,
            description="Peer engagement: at enrolment (cohort) or ever before the interview (survey).",
        ),
    },
    strict=False,
    coerce=True,
    name="cohort",
)
PERIODS = pa.DataFrameSchema(
    {
        "person_id": pa.Column(str, description="Identifier of the person."),
        "outcome": pa.Column(str, description="Outcome whose follow-up this is."),
        "start": pa.Column(float, pa.Check.ge(0), description="Time at which the period starts, unit of the outcome."),
        "stop": pa.Column(float, description="Time at which it ends; later than start."),
        "event": pa.Column(int, pa.Check.isin([0, 1]), description="1 if the outcome happened at `stop`."),
        "competing": pa.Column(
            int,
            pa.Check.ge(0),
            required=False,
            description="Which competing event ended the follow-up at `stop`, in the order of the plan; 0 if none.",
        ),
        "peer": pa.Column(float, ZERO_ONE, nullable=True, description="Peer engagement during the period."),
        "lower": pa.Column(
            float,
            nullable=True,
            description="The outcome happened after this time and by `stop`; missing if exact.",
        ),
        "earliest": pa.Column(
            float,
            nullable=True,
            required=False,
            description="The outcome happened after this time, as exactly as the dates were told.",
        ),
        "latest": pa.Column(
            float,
            nullable=True,
            required=False,
            description="It happened by this time; both missing where it did not happen.",
        ),
    },
    checks=pa.Check(lambda frame: frame["stop"] > frame["start"], error="stop must be later than start"),
    strict=True,
    coerce=True,
    name="periods",
)
WAVE_PAIRS = pa.DataFrameSchema(
    {
        "person_id": pa.Column(str, description="Identifier of the person."),
        "wave": pa.Column(int, pa.Check.ge(1), description="Number of the wave of the outcome."),
        "peer_previous": pa.Column(float, ZERO_ONE, nullable=True, description="Peer engagement at the wave before."),
    },
    strict=False,
    coerce=True,
    unique=["person_id", "wave"],
    name="wave_pairs",
)
STATE_PATHS = pa.DataFrameSchema(
    {
        "person_id": pa.Column(str, description="Identifier of the person."),
        "outcome": pa.Column(str, description="Outcome of kind states whose path this is."),
        "start": pa.Column(float, pa.Check.ge(0), description="Years since onset at which the row starts."),
        "stop": pa.Column(float, description="Years since onset at which it ends; later than start."),
        "origin": pa.Column(str, description="State during the row."),
        "target": pa.Column(str, nullable=True, description="State from `stop` on; missing if no move was seen then."),
        "peer": pa.Column(float, ZERO_ONE, nullable=True, description="Peer engagement during the row."),
        "told_to_year": pa.Column(bool, description="Whether the time of the move is known to a year or less exactly."),
    },
    checks=pa.Check(lambda frame: frame["stop"] > frame["start"], error="stop must be later than start"),
    strict=True,
    coerce=True,
    name="state_paths",
)
