"""Foreign formats as pure text, to and from `RequestSpec` and `Exchange`: one file each. Sends and opens nothing."""
