from .client import open_client as open_client
from .connection_log import ConnectionLog as ConnectionLog
from .guard import NetworkBlocked as NetworkBlocked
from .guard import forbid_network as forbid_network
from .guard import guard_network as guard_network
from .guard import permit as permit
from .server_address import ServerAddress as ServerAddress
