"""Background work done at once, in the test's own process."""

INLINE = {
    "default": {
        "BACKEND": "django.tasks.backends.immediate.ImmediateBackend",
        "QUEUES": ["default", "planning"],
    }
}
