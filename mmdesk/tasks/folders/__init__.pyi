from .folder_index import FolderIndex as FolderIndex
from .folder_reader import DocumentDecoder as DocumentDecoder
from .folder_reader import FolderReader as FolderReader
