"""A hypothesis strategy: inputs of the corpus, cut, crossed and stretched."""

from collections.abc import Sequence

from hypothesis import strategies as st

_TOKENS = (
    *(b"", b"\0", b"\n", b" ", b'"', b"{", b"}", b"[", b"]", b",", b":", b"<", b">", b"&", b"%", b"\\", b"-", b"."),
    *(b"0", b"-1", b"1e999", b"NaN", b"9" * 30, b"null", b"true", b"0001-01-01", b"9999-12-31T23:59:59Z", b"+14:00"),
    *(
        b"\xff",
        b"\xed\xa0\x80",
        b"\xc0\x80",
        b"\\ud800",
        "\u202e٣①".encode(),
        b"\x1b[2J",
        b"&#0;",
        b"<![CDATA[",
        b"<!--",
    ),
)
_LONGEST = 16_384


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of `seeds` after up to six edits, or any bytes."""
    data = draw(st.sampled_from(seeds) if seeds else st.binary(max_size=200))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 200)))
        other = draw(st.sampled_from(seeds or (b"",)))
        new = draw(
            st.one_of(
                st.sampled_from(_TOKENS),
                st.binary(max_size=20),
                st.just(data[start:end] * draw(st.sampled_from((0, 2, 3, 50)))),
                st.just(other[start:][:200]),
            )
        )
        data = (data[:start] + new + data[end:])[:_LONGEST]
    return data
