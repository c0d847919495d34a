"""Every instrument that can be scored, by its name in a study's configuration."""

from .health import CES_D, SF_12, WHOQOL_BREF
from .recovery import ARC, BARC_10, CSS, SURE
from .scale import Instrument
from .use import TOP

INSTRUMENTS: dict[str, Instrument] = {
    instrument.name: instrument for instrument in (BARC_10, ARC, CSS, SURE, CES_D, WHOQOL_BREF, SF_12, TOP)
}
