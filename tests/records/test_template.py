"""Templates: texts and placeholders that stay apart, whatever the texts hold."""

from hypothesis import given
from hypothesis import strategies as st

from ipyasgi.records.template import Placeholder, Template

_pieces = st.lists(st.text("ab&\x00T", max_size=3) | st.builds(Placeholder, st.sampled_from(["A", "T"])), max_size=6)


def rendered(template):
    return template.render(lambda one: f"<{one.name}>")


@given(_pieces)
def test_cut_anywhere_it_is_the_same_again(pieces):
    """Cut at each position of its outline, or at a separator, the parts make the whole again."""
    template = Template.of(*pieces)

    assert rendered(template) == "".join(one if isinstance(one, str) else f"<{one.name}>" for one in pieces)
    for at in range(len(template.outline) + 1):
        assert Template.of(template.part(0, at), template.part(at)) == template
        assert template.part(0, at).outline == template.outline[:at]
    assert "&".join(map(rendered, template.split("&"))) == rendered(template)


def test_only_text_is_changed():
    """Texts are mapped and kept as asked for; a placeholder is written, and is the whole only where it is alone."""
    token = Placeholder("TOKEN")
    template = Template.of("a", "TOKEN ", token)

    assert template.map_text(str.lower).render(lambda one: one.name, str.title) == "Atoken TOKEN"
    assert template.placeholders == (token,)
    assert [one.whole for one in (template, template.part(7), Template.of("x"), Template.of())] == [
        None,
        token,
        None,
        None,
    ]
