"""Short forms of given names that are no beginnings by chance: Dan is Daniel, and Min is not Mingzhe."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


# Each line has a short form and the names that it stands for.
_LINES = """
    al alan albert alexander alfred
    alex alexander alexandre alexandra alejandro alexei aleksandr
    andy andrew andreas
    ben benjamin
    bert albert robert
    bill william
    bob robert
    charlie charles
    chris christopher christian christoph christina christine
    dan daniel
    dani daniel danielle daniela
    danny daniel
    dave david
    dick richard
    dima dmitry dmitri
    don donald
    ed edward edwin edmund eduardo
    fred frederick alfred
    gabe gabriel
    geoff geoffrey
    greg gregory
    jack john
    jake jacob
    jan johannes
    jeff jeffrey
    jen jennifer
    jim james
    joe joseph
    jon jonathan
    josh joshua
    kate katherine catherine
    kathy katherine kathleen
    ken kenneth
    larry lawrence laurence
    leo leonard leonardo leonid
    liz elizabeth
    marty martin
    matt matthew matthias
    max maximilian maxim
    mike michael
    mitch mitchell
    nate nathan nathaniel
    nick nicholas nicolas nikolas
    pat patrick patricia
    pete peter
    phil philip phillip philippe
    ray raymond
    rich richard
    rick richard
    rob robert
    ron ronald
    sam samuel
    sasha alexander
    steve steven stephen
    stu stuart
    ted edward theodore
    tim timothy
    tom thomas
    tony anthony antonio
    vlad vladimir vladislav
    will william
    zach zachary
"""
SHORT_FORMS = frozenset(
    (short, full) for short, *fulls in map(str.split, _LINES.strip().splitlines()) for full in fulls
)
