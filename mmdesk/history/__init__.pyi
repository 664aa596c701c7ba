from .archive import Archive as Archive
from .encryption.vault import HistoryVault as HistoryVault
from .import_export import export_json as export_json
from .import_export import exported as exported
from .import_export import import_json as import_json
from .markdown_export import export_markdown as export_markdown
from .markdown_export import free_path as free_path
from .store import Store as Store
