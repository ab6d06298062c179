"""The colours of static/css/app.css (ux.md d.1, d.2): contrast, and lights that colour-blind readers tell apart."""

import math
import re
from itertools import combinations

import pytest

from dashboards import gallery
from dashboards.gallery import CSS

TOKENS = {token.name: token.colour for token in gallery.tokens()}

Colour = tuple[float, float, float]

# Machado, Oliveira and Fernandes 2009, full severity, on linear light
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def light(token: str) -> Colour:
    """Linear light of a token such as "ink" or of a colour such as "#fff"."""
    return gallery.light(TOKENS.get(token, token))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2 of two tokens or colours."""
    return gallery.contrast(TOKENS.get(one, one), TOKENS.get(other, other))


def lab(colour: Colour) -> Colour:
    """CIELAB under D65."""
    red, green, blue = colour
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Colour, other: Colour) -> float:
    """CIEDE2000 of two CIELAB colours (Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    turn = h2 - h1
    turn = turn - 360 if turn > 180 else turn + 360 if turn < -180 else turn
    mean_h = (h1 + h2) / 2 + (180 if abs(h1 - h2) > 180 else 0)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    t = 1 - 0.17 * math.cos(math.radians(mean_h - 30)) + 0.24 * math.cos(math.radians(2 * mean_h))
    t += 0.32 * math.cos(math.radians(3 * mean_h + 6)) - 0.2 * math.cos(math.radians(4 * mean_h - 63))
    sl = 1 + 0.015 * (mean_l - 50) ** 2 / math.sqrt(20 + (mean_l - 50) ** 2)
    sc, sh = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    rotation = -2 * math.sqrt(mean_c**7 / (mean_c**7 + 25**7))
    rotation *= math.sin(math.radians(60 * math.exp(-(((mean_h - 275) / 25) ** 2))))
    dl, dc = (l2 - l1) / sl, (c2 - c1) / sc
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn) / 2) / sh
    return math.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh)


def seen(token: str, sight: str) -> Colour:
    """A token in CIELAB as somebody with that sight sees it."""
    rows, colour = SIGHTS[sight], light(token)
    red, green, blue = (
        min(1.0, max(0.0, sum(share * part for share, part in zip(row, colour, strict=True)))) for row in rows
    )
    return lab((red, green, blue))


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("ink", "paper", 7),
        ("ink", "page", 7),
        ("ink", "selected", 7),
        ("ink-2", "paper", 7),
        ("ink-2", "page", 7),
        ("ink-3", "paper", 4.5),
        ("action", "paper", 7),
        ("action", "page", 7),
        ("#fff", "action", 7),
        ("#fff", "action-hover", 7),
        ("#fff", "brand", 7),
        ("#fff", "danger", 7),
        ("danger", "paper", 7),
        ("gold-ink", "paper", 4.5),
        ("ontrack-ink", "ontrack-tint", 7),
        ("ontrack-ink", "paper", 7),
        ("soon-ink", "soon-tint", 7),
        ("overdue-ink", "overdue-tint", 7),
        ("none-ink", "none-tint", 7),
        ("action", "selected", 4.5),
        ("ink", "heat-1", 7),
        ("ink", "heat-2", 7),
        ("ink", "heat-3", 7),
        ("#fff", "heat-4", 4.5),
        ("#fff", "heat-5", 7),
    ],
)
def test_text_is_readable(text, ground, least):
    assert contrast(text, ground) >= least


@pytest.mark.parametrize(
    ("part", "ground"),
    [
        ("line-input", "paper"),
        ("line-input", "page"),
        ("focus", "paper"),
        ("gold", "brand"),
        ("ontrack", "paper"),
        ("soon-line", "paper"),
        ("overdue", "paper"),
        ("none-line", "paper"),
    ],
)
def test_shapes_and_borders_are_visible(part, ground):
    assert contrast(part, ground) >= 3


@pytest.mark.parametrize("sight", SIGHTS)
def test_lights_are_told_apart_by_every_eye(sight):
    lights = [seen(token, sight) for token in ("ontrack", "soon", "overdue")]

    assert min(difference(one, other) for one, other in combinations(lights, 2)) >= 20


def test_lights_are_told_apart_on_a_grey_print():
    shades = [lab(light(token))[0] for token in ("ontrack", "soon", "overdue")]

    assert min(abs(one - other) for one, other in combinations(shades, 2)) >= 15


def test_the_measure_itself_agrees_with_the_published_figures():
    assert round(difference((50, 2.6772, -79.7751), (50, 0, -82.7485)), 4) == 2.0425
    assert round(contrast("ink", "paper"), 1) == 15.8
    assert round(contrast("brand", "#fff"), 1) == 8.0


def test_no_colour_outside_the_tokens():
    rules = CSS.read_text(encoding="utf-8").partition("}")[2]
    rules += "".join(sheet.read_text(encoding="utf-8") for sheet in CSS.parent.glob("*.css") if sheet != CSS)

    assert set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", rules)) <= {"#fff", "#000"}
