"""What has to hold on every page, in whatever language and width: looked at in the browser, told as a list of faults."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = Axe()

# Words in the other language that are not marked as such; names of people and units are data in both languages.
LEFTOVERS = """
(foreign) => {
  const found = new Set(), strange = new RegExp(foreign, "u");
  const other = document.documentElement.lang.startsWith("zh") ? "en" : "zh";
  const own = (element) => !element.closest(`[lang|="${other}"], kbd, script, textarea, datalist, [hidden]`);
  const take = (text, element) => { if (strange.test(text) && own(element)) { found.add(text.trim()); } };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) { take(node.data, node.parentElement); }
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    for (const name of ["aria-label", "placeholder", "title", "alt"]) { take(element.getAttribute(name) || "", element); }
  }
  return [...found, ...(other === "en" && strange.test(document.title) ? ["title: " + document.title] : [])];
}
"""
HAN = r"\p{Script=Han}"
LATIN = "[A-Za-z]{3,}"
DATA = [
    r"https?://[^\s）]+",
    r"[\w.+-]+@[\w.-]+",
    r"demo-[\w-]+",
    r"(?<!\w)/\w+/",
    r"\b\S+\.(?:xlsx?|csv|docx|pdf|jpg|png|txt)\b",
    r"\.\w{3,4}\b",
]


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA; looked at whole, so that the bar at the thumb hides nothing half."""
    window = page.viewport_size
    assert window
    page.set_viewport_size({**window, "height": page.evaluate("document.documentElement.scrollHeight + 200")})
    found = AXE.run(page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    page.set_viewport_size(window)
    return [
        f"{one['id']}: {' '.join(map(str, node['target']))} {node['html'][:160]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def leftovers(page: Page) -> list[str]:
    """Words of the other language on a page: English on a Chinese one, Chinese that is not marked on an English one."""
    chinese = page.evaluate("document.documentElement.lang").startswith("zh")
    return [text for text in page.evaluate(LEFTOVERS, LATIN if chinese else HAN) if not (chinese and _is_data(text))]


def _is_data(text: str) -> bool:
    """Names of people, units and files, user names and addresses: the same in both languages."""
    rest = re.sub("|".join(DATA), "", text)
    return not re.search(LATIN, re.sub(r"\b(?:Excel|Word|WPS|WCAG|CPPCC|Alt|Ctrl)\b", "", rest))


def dead_links(page: Page) -> list[str]:
    """Links of the summary of problems that lead to no place on the page."""
    targets = page.locator(".error-summary a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    here = [target for target in targets if target.startswith("#")]  # a long list has problems on other pages
    return [target for target in here if not page.evaluate("id => !!document.getElementById(id.slice(1))", target)]


def faults(page: Page, *, axe: bool = True) -> list[str]:
    """Everything that is wrong with the page as it stands."""
    found = []
    if (count := page.locator("h1").count()) != 1:
        found.append(f"{count} headings of the first order")
    if not page.title().split("–")[0].strip():
        found.append("no title")
    width, wide = page.evaluate("[window.innerWidth, document.documentElement.scrollWidth]")
    if wide > width:
        found.append(f"{wide} px wide on a screen of {width}")
    found += [f"leads nowhere: {target}" for target in dead_links(page)]
    found += [f"not translated: {text}" for text in leftovers(page)]
    return found + (violations(page) if axe else [])
