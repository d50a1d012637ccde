//! The functions that load data which runs code, and those that reach for the network. Data.

use super::names::Meaning::{Called, HostLookup, Socket};
use super::names::{EVENT_LOOP, Load, Meaning};
use super::table::Group;
use crate::check::rules::python::{PYTHON_NETWORK, PYTHON_PICKLE, PYTHON_YAML_LOAD};

const PICKLE: Meaning = Called(&PYTHON_PICKLE);
const NETWORK: Meaning = Called(&PYTHON_NETWORK);
const HTTP: &[&str] = &[
    "get",
    "post",
    "put",
    "delete",
    "patch",
    "head",
    "options",
    "request",
    "stream",
    "Session",
    "session",
    "Client",
    "AsyncClient",
    "HTTPTransport",
    "AsyncHTTPTransport",
];

pub(super) static CLIENTS: &[Group] = &[
    // Objects from bytes.
    (
        PICKLE,
        "pickle",
        &[
            "load",
            "loads",
            "Unpickler",
            "_load",
            "_loads",
            "_Unpickler",
        ],
    ),
    (
        PICKLE,
        "dill",
        &["load", "loads", "Unpickler", "load_session", "load_module"],
    ),
    (PICKLE, "cloudpickle", &["load", "loads"]),
    (PICKLE, "joblib", &["load"]),
    (
        PICKLE,
        "shelve",
        &["open", "Shelf", "BsdDbShelf", "DbfilenameShelf"],
    ),
    (PICKLE, "jsonpickle", &["decode", "loads"]),
    (PICKLE, "jsonpickle.unpickler", &["decode", "Unpickler"]),
    (PICKLE, "pandas", &["read_pickle"]),
    (PICKLE, "pandas.io.pickle", &["read_pickle"]),
    (Meaning::Load(Load::Torch), "torch", &["load"]),
    (Meaning::Load(Load::Torch), "torch.serialization", &["load"]),
    (Meaning::Load(Load::Numpy), "numpy", &["load"]),
    (Meaning::Load(Load::Yaml), "yaml", &["load", "load_all"]),
    (
        Called(&PYTHON_YAML_LOAD),
        "yaml",
        &[
            "unsafe_load",
            "unsafe_load_all",
            "full_load",
            "full_load_all",
        ],
    ),
    // The network.
    (Socket, "socket", &["socket"]),
    (
        NETWORK,
        "socket",
        &["create_connection", "create_server", "SocketType"],
    ),
    (
        HostLookup,
        "socket",
        &[
            "getaddrinfo",
            "gethostbyname",
            "gethostbyname_ex",
            "gethostbyaddr",
        ],
    ),
    (
        NETWORK,
        "urllib.request",
        &[
            "urlopen",
            "urlretrieve",
            "build_opener",
            "URLopener",
            "FancyURLopener",
            "OpenerDirector",
        ],
    ),
    (
        NETWORK,
        "urllib",
        &["urlopen", "urlretrieve", "URLopener", "FancyURLopener"],
    ),
    (NETWORK, "urllib2", &["urlopen", "build_opener"]),
    (
        NETWORK,
        "http.client",
        &["HTTPConnection", "HTTPSConnection"],
    ),
    (NETWORK, "httplib", &["HTTPConnection", "HTTPSConnection"]),
    (
        NETWORK,
        "http_client",
        &["HTTPConnection", "HTTPSConnection"],
    ),
    (
        NETWORK,
        "http.server",
        &["HTTPServer", "ThreadingHTTPServer", "test"],
    ),
    (
        NETWORK,
        "socketserver",
        &[
            "TCPServer",
            "UDPServer",
            "ThreadingTCPServer",
            "ThreadingUDPServer",
            "ForkingTCPServer",
            "ForkingUDPServer",
        ],
    ),
    (
        NETWORK,
        "wsgiref.simple_server",
        &["make_server", "WSGIServer"],
    ),
    (NETWORK, "requests", HTTP),
    (NETWORK, "requests.sessions", HTTP),
    (NETWORK, "requests.api", HTTP),
    (NETWORK, "httpx", HTTP),
    (
        NETWORK,
        "aiohttp",
        &["ClientSession", "request", "TCPConnector"],
    ),
    (NETWORK, "httplib2", &["Http"]),
    (
        NETWORK,
        "urllib3",
        &[
            "PoolManager",
            "ProxyManager",
            "HTTPConnectionPool",
            "HTTPSConnectionPool",
            "request",
            "connection_from_url",
        ],
    ),
    (NETWORK, "pycurl", &["Curl"]),
    (NETWORK, "ftplib", &["FTP", "FTP_TLS"]),
    (NETWORK, "smtplib", &["SMTP", "SMTP_SSL", "LMTP"]),
    (NETWORK, "poplib", &["POP3", "POP3_SSL"]),
    (NETWORK, "imaplib", &["IMAP4", "IMAP4_SSL"]),
    (NETWORK, "nntplib", &["NNTP", "NNTP_SSL"]),
    (NETWORK, "telnetlib", &["Telnet"]),
    (NETWORK, "telnetlib3", &["open_connection"]),
    (NETWORK, "paramiko", &["SSHClient", "Transport"]),
    (NETWORK, "paramiko.client", &["SSHClient"]),
    (NETWORK, "paramiko.transport", &["Transport"]),
    (NETWORK, "asyncssh", &["connect"]),
    (NETWORK, "fabric", &["Connection"]),
    (
        NETWORK,
        "websocket",
        &["create_connection", "WebSocketApp", "WebSocket"],
    ),
    (NETWORK, "websockets", &["connect", "serve"]),
    (NETWORK, "websockets.client", &["connect"]),
    (NETWORK, "websockets.sync.client", &["connect"]),
    (NETWORK, "xmlrpc.client", &["ServerProxy", "Server"]),
    (NETWORK, "xmlrpclib", &["ServerProxy", "Server"]),
    (NETWORK, "xmlrpc.server", &["SimpleXMLRPCServer"]),
    (NETWORK, "SimpleXMLRPCServer", &["SimpleXMLRPCServer"]),
    (NETWORK, "asyncio", &["open_connection", "start_server"]),
    (
        NETWORK,
        EVENT_LOOP,
        &[
            "create_connection",
            "create_datagram_endpoint",
            "create_server",
        ],
    ),
    (
        NETWORK,
        "tornado.httpclient",
        &["HTTPClient", "AsyncHTTPClient"],
    ),
    (NETWORK, "boto3", &["client", "resource"]),
    (NETWORK, "dns.resolver", &["resolve", "query"]),
    (NETWORK, "grpc", &["insecure_channel", "secure_channel"]),
    (NETWORK, "pysftp", &["Connection"]),
    (
        NETWORK,
        "requests_html",
        &["HTMLSession", "AsyncHTMLSession"],
    ),
    (
        NETWORK,
        "multiprocessing.connection",
        &["Client", "Listener"],
    ),
    (NETWORK, "logging.config", &["listen"]),
    (
        NETWORK,
        "twisted.internet.reactor",
        &[
            "listenTCP",
            "connectTCP",
            "listenUDP",
            "connectSSL",
            "listenSSL",
        ],
    ),
];
