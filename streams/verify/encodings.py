"""Bytes as text: what the bytes look like decides, what the server or the page claims only breaks ties."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_NO_TEXT = ("utf-7", "idna", "punycode", "utf-8", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem")
"""Names that markup may claim, as `codecs` gives them, and that either were tried before or decode no text that a
server sends: an escape makes lone surrogates, which no message can carry."""
_MAGIC = (b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%!PS")
_CONTROL = bytes((*range(9), *range(14, 32)))
_MAX_CONTROL_SHARE = 0.05
_HEAD, _SAMPLE = 4_096, 65_536
_MAX_REPAIRS = 2_000
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_ACCENTS = re.compile(r"(?<![^\x00-\x7f])[^\x00-\x9f]{1,2}(?![^\x00-\x7f])")
"""One or two between ASCII characters, as accents and quotation marks stand in Western languages."""
_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчй"
_COMMON: dict[str, tuple[str, float]] = {
    "cp1251": (_CYRILLIC, 0.45),
    "koi8-r": (_CYRILLIC, 0.45),
    "cp1256": ("اليمنوتربةدعكسفهأ", 0.5),
    "gb18030": (
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出分对成会可主年动同工也能下过子，。、（）",
        0.15,
    ),
    "big5": (
        "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出分對成會可主年動同工也能下過子，。、（）",
        0.15,
    ),
    "cp932": ("のにはをたがでてとしれさいるもなっらかすりまこく、。", 0.25),
    "euc_jp": ("のにはをたがでてとしれさいるもなっらかすりまこく、。", 0.25),
    "cp949": ("이다는의에을가고하지도로서기한은들를어사", 0.2),
}
"""Codec -> characters that make up at least this share of any text in it, ASCII left out."""
_WESTERN_SHARE = 0.6
"""Of such accents among the foreign characters; texts of other scripts read as Western reach a fifth."""


def decode(data: bytes, content_type: str = "") -> str | None:
    """Bytes as text: BOM, UTF-16 by its null bytes, UTF-8, else the likeliest older encoding. None for binary data.

    UTF-8 with some foreign bytes in it stays UTF-8; the foreign ones are read as Windows-1252.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, errors="replace")
    if wide := _wide(data[:_HEAD]):
        return data.decode(wide, errors="replace")
    if _looks_binary(data):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(data):
        return _repaired(data)
    return data.decode(_legacy(data, content_type), errors="replace")


def _wide(head: bytes) -> str | None:
    """UTF-16 without a BOM: in text of ASCII every other byte is null."""
    half = len(head) // 2
    if half < 8 or head.startswith(_MAGIC):
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.4 * half and even < 0.02 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.02 * half else None


def _looks_binary(data: bytes) -> bool:
    """Control characters tell images, archives and office files from text; a few null bytes do not."""
    head = data[: 4 * _HEAD]
    if head.startswith(_MAGIC):
        return True
    control = len(head) - len(head.translate(None, _CONTROL))
    return control > len(head) * _MAX_CONTROL_SHARE


def _mostly_utf8(data: bytes) -> bool:
    """True when few bytes break UTF-8: a cut or slightly damaged UTF-8 text, not another encoding."""
    text = data[: 4 * _SAMPLE].decode("utf-8", errors="replace")
    multibyte = len(_FOREIGN.findall(text)) - text.count("\ufffd")
    return text.count("\ufffd") * 4 <= multibyte


def _repaired(data: bytes) -> str:
    text = data.decode("utf-8", errors="replace")
    return text if text.count("\ufffd") > _MAX_REPAIRS else data.decode("utf-8", errors=_FALLBACK)


def _read_as_western(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


_FALLBACK = "streams.cp1252"
codecs.register_error(_FALLBACK, _read_as_western)


def _legacy(data: bytes, content_type: str) -> str:
    """The encoding that fits best; a declared one wins where it fits as well as any."""
    sample = data[:_SAMPLE]
    declared = _declared(data, content_type)
    fits = {name: _fit(sample, name) for name in dict.fromkeys((*declared, "cp1252", *_COMMON))}
    best = max(fits, key=lambda name: fits[name])
    return best if fits[best] >= 1 else next(iter(declared), "cp1252")


def _declared(data: bytes, content_type: str) -> list[str]:
    """Text encodings that the header and the markup name, by Python's names."""
    claims = _CHARSET.findall(content_type.encode("ascii", "ignore")) + _CHARSET.findall(data[:_HEAD])
    names: list[str] = []
    for claim in claims:
        try:
            name = codecs.lookup(claim.decode("ascii")).name
            str(b"a", name)
        except (LookupError, ValueError):
            continue
        if name not in _NO_TEXT:
            names.append(_WIDER.get(name, name))
    return names


_WIDER = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
"""What browsers read instead: the wider encoding of the same family."""


def _fit(sample: bytes, name: str) -> float:
    """How well bytes read in an encoding: from 1 on like a language that it is for."""
    text = sample.decode(name, errors="replace")
    foreign = _FOREIGN.findall(text)
    if text.count("\ufffd") > 0.02 * len(foreign) + 1:
        return 0.0
    if name not in _COMMON:
        return sum(map(len, _ACCENTS.findall(text))) / max(1, len(foreign)) / _WESTERN_SHARE
    common, share = _COMMON[name]
    return min(1.1, sum(1 for character in foreign if character in common) / max(1, len(foreign)) / share)
