"""Encodings: what the bytes look like decides, not what somebody claims."""

import pytest

from streams.verify.encodings import decode


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Grüße".encode("utf-8-sig"), "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        ("Grüße, schöne".encode("latin-1"), "Grüße, schöne"),
        ('<meta charset="windows-1251">Привет'.encode("cp1251"), '<meta charset="windows-1251">Привет'),
        ("Grüße, süße Äpfel, schöne Häuser".encode("cp1252"), "Grüße, süße Äpfel, schöne Häuser"),
        ("Où est l’été ? Là-bas — naïvement".encode("cp1252"), "Où est l’été ? Là-bas — naïvement"),
        ("Plain text of two bytes each".encode("utf-16-le"), "Plain text of two bytes each"),
        ("Grüße, schöne süße Äpfel, Café ".encode() + b"Caf\xe9.", "Grüße, schöne süße Äpfel, Café Café."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", None),
        (b"PK\x03\x04rest", None),
        (b"", ""),
    ],
)
def test_encodings_are_sniffed(data, text):
    """BOM, UTF-8, the declared charset, Windows-1252; binary data is no text."""
    assert decode(data) == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Это обычный русский текст о зиме и снеге, который читают люди."),
        ("koi8-r", "Это обычный русский текст о зиме и снеге, который читают люди."),
        ("cp1256", "هذه دراسة عن الأنهار الجليدية في الجبال وتدفق المياه فيها"),
        ("gb18030", "这是一个关于冰川的研究，我们在山区测量了水的流动和储存。"),
        ("big5", "這是一個關於冰川的研究，我們在山區測量了水的流動和儲存。"),
        ("shift_jis", "これは氷河についての研究である。私たちは山で水の流れを測った。"),
        ("euc_jp", "これは氷河についての研究である。私たちは山で水の流れを測った。"),
        ("euc_kr", "이것은 빙하에 대한 연구이다. 우리는 산에서 물의 흐름을 측정하였다."),
    ],
)
@pytest.mark.parametrize("claim", ["", "<meta charset=iso-8859-1>", "<meta charset=no-such>"])
def test_a_declared_charset_is_not_believed(codec, text, claim):
    """Older encodings are told by their letters, whatever the page claims or fails to claim."""
    assert decode(f"{claim}<p>{text}</p>".encode(codec), "text/html; charset=iso-8859-1") == f"{claim}<p>{text}</p>"
