"""Models of Tortoise ORM. Not a test."""

from tortoise import fields, models


class Author(models.Model):
    """One author."""

    id = fields.IntField(primary_key=True)
    name = fields.TextField()


class Book(models.Model):
    """One book, with its author."""

    id = fields.IntField(primary_key=True)
    title = fields.TextField()
    author: fields.ForeignKeyRelation[Author] = fields.ForeignKeyField("models.Author")
