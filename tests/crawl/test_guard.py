"""The guard's decision, as a table, and what it does at the socket."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.net.guard import public_socket, refusal
from crawler.net.refused import Refused

PUBLIC = """
www.arab48.com  feeds.bbci.co.uk  outlet.test  a_b.test  xn--wgbh1c.test  مصر.test  EXAMPLE.com.
8.8.8.8  134744072  0x08080808  010.8.8.8  1.1  2001:4860:4860::8888  [2001:4860:4860::8888]
::ffff:8.8.8.8  64:ff9b::808:808  2002:808:808::1  127.0.0.1.example.com
""".split()  # noqa: SIM905

NOT_PUBLIC = """
localhost  LOCALHOST  localhost.  www.localhost  localhost.localdomain  printer.local  db.internal  nas.home.arpa
router  metadata.google.internal
127.0.0.1  127.0.0.1.  127.1  127.0.1  127.255.255.254  2130706433  0x7f000001  0x7f.1  0X7F.0.0.1  017700000001
0177.0.0.1  0  0.0.0.0  00000000  0x0
10.0.0.1  10.1  172.16.0.1  172.31.255.255  192.168.1.1  192.168.257  3232235777  169.254.169.254  2852039166
100.64.0.1  100.127.255.255  192.0.0.1  192.0.2.1  198.18.0.1  198.51.100.1  203.0.113.1  192.88.99.1
224.0.0.1  239.255.255.255  240.0.0.1  255.255.255.255
::  ::1  [::1]  0:0:0:0:0:0:0:1  ::127.0.0.1  ::8.8.8.8  ::ffff:127.0.0.1  ::ffff:7f00:1  ::ffff:10.0.0.1
::ffff:0:127.0.0.1  64:ff9b::127.0.0.1  64:ff9b::a00:1  64:ff9b:1::808:808  2002:7f00:1::  2002:a00:1::1
2002:c0a8:101::  2001:0:4136:e378:8000:63bf:3fff:fdd2  fe80::1  fe80::1%eth0  fe80::1%25eth0  [fe80::1%25lo]
fec0::1  fc00::1  fd12::1  ff02::1  2001:db8::1  3fff::1  100::1  5f00::1  2001:10::1
１２７.0.0.1  127。0。0。1  ①②⑦.0.0.1  ⓛocalhost  %31%32%37.0.0.1  127.0.0.1:80  user@outlet.test
08.8.8.8  1.2.3.4.5  256.256.256.256  0x7f.0x100.1.1  outlet.0x7f  a..b  .  -  -.test  x_.-y.test
""".split()  # noqa: SIM905


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_host_is_asked(host: str) -> None:
    assert refusal(host) is None


@pytest.mark.parametrize("host", [*NOT_PUBLIC, "", " ", "a b.test", "a/b.test", "a\x00.test", "x." * 130 + "test"])
def test_a_host_that_is_not_public_is_refused_in_any_notation(host: str) -> None:
    assert refusal(host)


@given(st.integers(0, 2**32 - 1))
def test_every_notation_of_an_ipv4_address_is_judged_alike(number: int) -> None:
    octets = number.to_bytes(4, "big")
    dotted = ".".join(map(str, octets))
    short = f"{octets[0]}.{int.from_bytes(octets[1:], 'big')}"
    mapped = f"::ffff:{octets.hex()[:4]}:{octets.hex()[4:]}"
    octal = ".".join(f"0{o:o}" for o in octets)
    verdicts = {refusal(h) is None for h in (dotted, str(number), hex(number), short, octal, mapped, f"[{mapped}]")}
    assert len(verdicts) == 1


@given(st.text(max_size=300))
def test_any_text_for_a_host_gets_a_verdict(host: str) -> None:
    assert refusal(host) is None or refusal(host)


def _address(host: str) -> tuple[int, int, int, str, tuple[str, int]]:
    return (socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, 80))


@pytest.mark.parametrize(
    "dialled", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%1", "::ffff:127.0.0.1"]
)
def test_no_socket_is_made_for_a_private_address_whatever_the_name_was(dialled: str) -> None:
    with pytest.raises(Refused) as refused:
        public_socket(_address(dialled))
    assert refused.value.kind == "blocked-address"


def test_a_socket_is_made_for_a_public_address() -> None:
    with public_socket(_address("8.8.8.8")) as made:
        assert made.family == socket.AF_INET
