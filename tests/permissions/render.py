"""definitions/access.yaml for a lawyer: ``python -m tests.permissions.render`` writes it, ``--check`` compares."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from narvaro.core.access import Access, access

TARGET = Path(__file__).parents[2] / "docs" / "reference" / "access.md"
NOTE = "<!-- Made by `python -m tests.permissions.render` from definitions/access.yaml; change that. -->\n\n"
INTRODUCTION = """# Vem får göra vad

Här står allt som Närvaro tillåter, i klartext. Det är samma fil som programmet läser vid varje fråga:
`definitions/access.yaml`. Det som inte står här är inte tillåtet.

En fråga prövas i tre steg.

1. Har rollen rätten över huvud taget? Annars svarar programmet att behörighet saknas (403).
2. Står personen i rätt förhållande till eleven i dag? Annars svarar programmet precis som om eleven inte fanns (404).
3. Går det att göra nu? Annars sägs varför (409).

Ett uppdrag, mentorskap eller vårdnadsförhållande gäller till och med sin sista dag. Varje fråga prövas på nytt.

Två saker gäller alltid, vilken rollen än är:

* **En verksamhet i taget.** Ingen ser något om en elev hos en annan huvudman, socialtjänsten eller regionen.
* **Skyddade personuppgifter.** En elev med skyddade personuppgifter syns bara för dem som står på elevens lista, och
  för eleven. Det gäller överallt: listor, sökning, antal och utskrifter.

Varje handling som rör en elev eller vårdnadshavare loggas i samma ögonblick, också när den nekas. Går loggen inte att
skriva visas ingenting.
"""


def text(rules: Access) -> str:
    return NOTE + "\n".join(
        part.rstrip("\n") + "\n"
        for part in (
            INTRODUCTION,
            "## Roll för roll\n",
            *(_role(rules, role) for role in rules.roles),
            "## Handlingar\n",
            _actions(rules),
            "## Adresser\n",
            _routes(rules),
            "## Slag av uppgifter\n",
            "".join(f"* {words.sv}\n" for words in rules.categories.values()),
            "## Uppgifter som sparas\n",
            _classified(rules, rules.fields),
            "## Uppgifter som en person kan skicka in\n",
            _classified(rules, rules.forms),
        )
    )


def _role(rules: Access, role: str) -> str:
    rows = [
        [action.words.sv, _relations(rules, relations), _shown(rules, name)]
        for name, action in rules.actions.items()
        if (relations := action.allow.get(role, action.allow.get("everyone", ())))
    ]
    title = f"### {rules.roles[role].sv[0].upper()}{rules.roles[role].sv[1:]}\n\n"
    return title + (_table(["Får", "När", "Ser då"], rows) if rows else "Får ingenting.\n")


def _actions(rules: Access) -> str:
    rows = (
        [
            action.words.sv,
            "<br>".join(f"{_role_name(rules, role)}: {_relations(rules, each)}" for role, each in action.allow.items()),
            "ja" if action.personal else "nej",
        ]
        for action in rules.actions.values()
    )
    return _table(["Handling", "Vem och när", "Loggas"], rows)


def _routes(rules: Access) -> str:
    rows = (
        [f"`{route}`", method, rules.actions[action].words.sv]
        for route, methods in sorted(rules.routes.items())
        for method, action in methods.items()
    )
    own = ", ".join(f"`{name}`" for name in sorted(rules.own_account))
    public = ", ".join(f"`{name}`" for name in sorted(rules.public))
    return (
        _table(["Sida", "Metod", "Handling"], rows)
        + f"\nUtan att vara inloggad når man {public}. De visar ingenting om någon elev.\n"
        + f"\nVar och en som är inloggad når det som rör det egna kontot: {own}.\n"
    )


def _classified(rules: Access, kept: Mapping[str, Mapping[str, tuple[str, ...]]]) -> str:
    rows = (
        [f"`{name}`" if not place else "", _kind(rules, category), ", ".join(f"`{field}`" for field in fields)]
        for name, categories in sorted(kept.items())
        for place, (category, fields) in enumerate(categories.items())
    )
    return _table(["Var", "Slag", "Fält"], rows)


def _role_name(rules: Access, role: str) -> str:
    return "alla" if role == "everyone" else rules.roles[role].sv


def _relations(rules: Access, relations: Iterable[str]) -> str:
    return " eller ".join(rules.relations[each].sv for each in relations)


def _shown(rules: Access, name: str) -> str:
    action = rules.actions[name]
    shown = [_kind(rules, each) for each in action.shows]
    included = [f"det som visas när man får {rules.actions[each].words.sv}" for each in action.includes]
    return "; ".join([*shown, *included]) or "inga uppgifter om någon"


def _kind(rules: Access, category: str) -> str:
    return rules.categories[category].sv.partition(":")[0]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    wanted = text(access())
    if "--check" not in arguments:
        TARGET.write_text(wanted, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == wanted:
        return 0
    print(
        f"{TARGET} is out of step with definitions/access.yaml: run python -m tests.permissions.render", file=sys.stderr
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
