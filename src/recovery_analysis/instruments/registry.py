"""Every instrument that can be scored, by its name in a study's configuration."""

from .health import CES_D, SF_12, WHOQOL_BREF
from .recovery import ARC, BARC_10, CSS, REC_CAP, RGPS, SABRS, SURE
from .scale import Instrument
from .use import TOP

RECOVERY = (BARC_10, ARC, CSS, RGPS, REC_CAP, SABRS, SURE)
INSTRUMENTS: dict[str, Instrument] = {
    instrument.name: instrument for instrument in (*RECOVERY, CES_D, WHOQOL_BREF, SF_12, TOP)
}
