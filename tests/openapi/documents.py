"""Small OpenAPI documents to be read."""


def document_of(paths=None, components=None, openapi="3.1.0", **more):
    """Return a document with these paths and components."""
    return {
        "openapi": openapi,
        "info": {"title": "Shop", "version": "1"},
        "paths": paths or {},
        "components": components or {},
        **more,
    }


def schemas(**named):
    """Return the components of a document whose schemas these are."""
    return {"schemas": named}
