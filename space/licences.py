"""Which licences allow commercial use, as far as that is known from the name that a model's card gives."""

from __future__ import annotations

COMMERCIAL = "commercial"
"""What the licence filter takes besides the names of licences."""
ALLOWING = frozenset(
    """
    apache-2.0 mit afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear cc0-1.0 cc-by-2.0
    cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0
    wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0
    lgpl-lr isc lppl-1.3c ms-pl mpl-2.0 odc-by odbl osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl apple-ascl
    openrail openrail++ bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m
    """.split()
)
"""Names as the Hub writes them. Not among them: licences without derivatives, since a fine-tuned network is one; those
with limits on who may use them (Llama, Gemma, Grok); ``other`` and what nobody named."""


def allows_commercial_use(licence: object) -> bool:
    """Whether a licence is known to allow commercial use; some do so with conditions.

    Example:
        >>> [allows_commercial_use(name) for name in ("Apache-2.0", "cc-by-nc-4.0", "other", "")]
        [True, False, False, False]
    """
    return str(licence).strip().casefold() in ALLOWING
