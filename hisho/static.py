"""Static files under names that carry their hash."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Hash module imports too, so that a page loaded before a deploy never mixes two versions."""

    support_js_module_import_aggregation = True
