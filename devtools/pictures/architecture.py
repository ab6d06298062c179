"""How it is built, as one drawing: rooms and their order from the import contracts, processes from docker-compose.yml."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import yaml

from devtools import paths
from devtools.pictures import scenes

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "zh": {
        "browser": ("电脑、手机浏览器", "服务器出页面，无脚本也能用"),
        "mail": ("邮件", "每人每天至多一封"),
        "chat": ("钉钉、企业微信、群机器人", "按白名单向外连接"),
        "cppcc_party": ("cppcc_party", "设置、地址、定时、演示"),
        "dashboards": ("dashboards", "工作台、统计、数字背后的清单"),
        "activities": ("activities", "会议、三会一课、活动"),
        "tasks": ("tasks", "清单、派发、时限、报送、提醒"),
        "branches": ("branches", "组织树、人员、职务、平台、支部"),
        "web": ("web", "网站"),
        "worker": ("worker", "发送提醒"),
        "beat": ("beat", "到点触发"),
        "migrate": ("migrate", "升级时改表"),
        "postgres": ("PostgreSQL", "一切数据和承诺"),
        "valkey": ("Redis 协议服务", "队列和缓存，可随时丢失"),
        "processes": ("进程", "运行同一份代码"),
        "rooms": ("房间", "上层只用下层，由导入约定检查"),
    },
    "en": {
        "browser": ("Browsers, desk and phone", "pages from the server, also without script"),
        "mail": ("Mail", "one a person and day at most"),
        "chat": ("DingTalk, WeCom, robots of groups", "connections out by allow-list"),
        "cppcc_party": ("cppcc_party", "settings, addresses, timetable, demo"),
        "dashboards": ("dashboards", "home, boards, the lists behind figures"),
        "activities": ("activities", "meetings, three meetings and one class"),
        "tasks": ("tasks", "lists, handing out, deadlines, reminders"),
        "branches": ("branches", "the tree, people, posts, party branches"),
        "web": ("web", "pages"),
        "worker": ("worker", "sends reminders"),
        "beat": ("beat", "rings at its times"),
        "migrate": ("migrate", "changes tables on upgrade"),
        "postgres": ("PostgreSQL", "all data, all promises"),
        "valkey": ("Redis protocol", "queue and cache; may be lost"),
        "processes": ("Processes", "all run one and the same code"),
        "rooms": ("Rooms", "each uses only what lies below; import contracts see to it"),
    },
}
STORES = ("postgres", "valkey")
OUTSIDE = ("browser", "mail", "chat")
WIDE, EDGE, INSET, GAP, BOX, FLOOR = 980, 24, 16, 16, 56, 36  # px
TOP, FRAME = 24, 132  # where what is outside begins, and what we build
FONT = "-apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
STYLE = (
    f"text{{font-family:{FONT};fill:#1F2328}}.n{{font-size:16px;font-weight:600}}.w{{font-size:13px;font-weight:400;"
    "fill:#4A5560}.l{fill:none;stroke:#5F6B76;stroke-width:1.5;marker-end:url(#tip)}"
)
TIP = (
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">'
    '<path d="M0 0 8 4 0 8z" fill="#5F6B76"/></marker>'
)


def rooms() -> list[str]:
    """The rooms from the top, as the import contract has them; in parentheses stand those that are not built."""
    with (paths.ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return [room for room in contracts[0]["layers"] if not room.startswith("(")]


def processes() -> list[str]:
    """What a site runs of our code, as docker-compose.yml has it; what runs once stands last."""
    services: dict[str, Any] = yaml.safe_load((paths.ROOT / "docker-compose.yml").read_text(encoding="utf-8"))[
        "services"
    ]
    return sorted((name for name in services if name not in STORES), key="migrate".__eq__)


@dataclass(frozen=True)
class Drawing:
    """Boxes with words in one language."""

    words: dict[str, tuple[str, str]]

    def box(self, key: str, x: float, y: float, wide: float, fill: str) -> str:
        """A name, and below it what it is for."""
        name, what = self.words[key]
        return (
            f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{BOX}" rx="4" fill="{fill}" stroke="#7B8794"/>'
            f'<text x="{x + 14:g}" y="{y + 23:g}" class="n">{escape(name)}</text>'
            f'<text x="{x + 14:g}" y="{y + 43:g}" class="w">{escape(what)}</text>'
        )

    def row(self, keys: Sequence[str], x: float, y: float, wide: float, fill: str) -> str:
        """Boxes side by side."""
        each = (wide - GAP * (len(keys) - 1)) / len(keys)
        return "".join(self.box(key, x + at * (each + GAP), y, each, fill) for at, key in enumerate(keys))

    def floors(self, keys: Sequence[str], x: float, y: float, wide: float) -> str:
        """One above the other, as they rest on each other: names at the left, what they are for beside them."""
        parts = []
        for at, key in enumerate(keys):
            name, what = self.words[key]
            top = y + at * FLOOR
            parts.append(
                f'<rect x="{x:g}" y="{top:g}" width="{wide:g}" height="{FLOOR}" fill="#FBF7EA" stroke="#C9A227"/>'
                f'<text x="{x + 14:g}" y="{top + 24:g}" class="n">{escape(name)}</text>'
                f'<text x="{x + 229:g}" y="{top + 23:g}" class="w">{escape(what)}</text>'
            )
        return "".join(parts)

    def heading(self, key: str, x: float, y: float, anchor: str = "start") -> str:
        """What a part of the drawing shows."""
        name, what = self.words[key]
        inside = f'{escape(name)}<tspan class="w" dx="8">{escape(what)}</tspan>'
        return f'<text x="{x:g}" y="{y:g}" class="n" text-anchor="{anchor}">{inside}</text>'


def drawing(language: str) -> str:
    """The whole drawing as SVG: outside, processes, the rooms of their code, and what keeps the data."""
    draw, layers = Drawing(WORDS[language]), rooms()
    inner = WIDE - 2 * EDGE
    running = FRAME + 36
    floors = running + BOX + 48
    bottom = floors + len(layers) * FLOOR + INSET
    stores = bottom + 34
    high = stores + BOX + TOP
    third, quarter = (inner - 2 * GAP) / 3, (inner - 2 * INSET - 3 * GAP) / 4
    web, worker = EDGE + INSET + quarter / 2, EDGE + INSET + quarter * 1.5 + GAP
    mail, chat = EDGE + third * 1.5 + GAP, EDGE + third * 2.5 + 2 * GAP
    under = TOP + BOX
    parts = [
        draw.row(OUTSIDE, EDGE, TOP, inner, "#EEF3FA"),
        f'<rect x="{EDGE}" y="{FRAME}" width="{inner}" height="{bottom - FRAME}" rx="6" fill="#FFF" stroke="#7B8794"/>',
        draw.heading("processes", WIDE - EDGE - INSET, FRAME + 24, "end"),
        draw.row(processes(), EDGE + INSET, running, inner - 2 * INSET, "#FFF"),
        draw.heading("rooms", EDGE + INSET, floors - 12),
        draw.floors(layers, EDGE + INSET, floors, inner - 2 * INSET),
        draw.row(STORES, EDGE, stores, inner, "#ECEFF2"),
        f'<path d="M{web:g} {under + 2} V{running - 2}" class="l" marker-start="url(#tip)"/>',
        *(
            f'<path d="M{worker:g} {running} C{worker:g} {under + 30} {to:g} {running - 20} {to:g} {under + 2}" class="l"/>'
            for to in (mail, chat)
        ),
        *(
            f'<path d="M{x:g} {bottom} V{stores - 2}" class="l" marker-start="url(#tip)"/>'
            for x in (WIDE / 4, WIDE * 3 / 4)
        ),
    ]
    name = escape(WORDS[language]["rooms"][1])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" width="{WIDE}" height="{high}" role="img" '
        f'aria-label="{name}"><style>{STYLE}</style><defs>{TIP}</defs><rect width="100%" height="100%" fill="#F5F6F8"/>'
        f"{''.join(parts)}</svg>\n"
    )


def write(language: str) -> None:
    """Keep it."""
    scenes.file_of("architecture", language, "svg").write_text(drawing(language), encoding="utf-8")
