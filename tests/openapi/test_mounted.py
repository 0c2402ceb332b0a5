"""Several documents as one."""

from ipyasgi.openapi.document import read_document
from ipyasgi.openapi.mounted import combine

from .documents import document_of, schemas


def together(**data):
    """Return the document of an app, and of those mounted under these names."""
    return read_document(combine([(f"/{name}" if name != "root" else "", one) for name, one in data.items()]))


def test_references_lead_into_their_own_document():
    """Schemas of the same name are two, and what an author gave as an example is not touched."""
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
    paths = {"/a": {"post": {"requestBody": body}}}
    one = {"const": 1, "example": {"$ref": "#/x"}}
    two = {"oneOf": [{"const": 2}], "discriminator": {"propertyName": "p", "mapping": {"k": "#/components/schemas/A"}}}
    document = together(root=document_of(paths, schemas(A=one)), sub=document_of(paths, schemas(A=two)))

    flat = []
    for operation in document.operations.values():
        assert operation.body is not None
        flat.append(document.flatten(operation.body.media[0].schema))
    assert list(document.operations) == ["POST /a", "POST /sub/a"]
    assert flat[0] == {"const": 1, "examples": [{"$ref": "#/x"}]}
    assert flat[1]["oneOf"] == [{"const": 2}]
    assert flat[1]["discriminator"]["mapping"] == {"k": "#/x-mounted/1/components/schemas/A"}
    assert document.problems == ()


def test_schemes_of_the_same_name():
    """Security schemes of two apps are told apart where they differ, and are one where they do not."""

    def secured(name):
        schemes = {"key": {"type": "apiKey", "name": name}}
        return document_of({"/a": {"get": {}}}, {"securitySchemes": schemes}, security=[{"key": []}])

    document = together(root=secured("X-A"), same=secured("X-A"), other=secured("X-B"))
    used = [next(iter(operation.security[0])) for operation in document.operations.values()]
    assert used == ["key", "key", "key (/other)"]
    assert [document.schemes[key].name for key in used] == ["X-A", "X-A", "X-B"]


def test_what_is_broken():
    """A part that is no document is left out, one without end is cut."""
    endless = document_of({"/a": {"get": {}}})
    endless["x"] = endless
    assert list(together(root=None, sub=document_of({"/a": None, "/b": {"get": 1}}), e=endless).operations) == [
        "GET /e/a"
    ]
