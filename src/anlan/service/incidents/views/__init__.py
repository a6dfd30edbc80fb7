"""The screens of `incidents`: one module a screen."""
