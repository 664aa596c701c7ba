from .connections_dialog import ConnectionsDialog as ConnectionsDialog
from .i18n import sentences as sentences
from .i18n import tr as tr
from .i18n import translated as translated
from .main_window import MainWindow as MainWindow
from .model_banner import ModelBanner as ModelBanner
from .models_page import ModelsPage as ModelsPage
from .page_windows import PageWindows as PageWindows
