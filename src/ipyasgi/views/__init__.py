"""Floor 10: records drawn as text and HTML. Sends nothing, keeps nothing; IPython and widgets are above.

Importing it registers the view of each type.
"""

from .registry import register

register()
