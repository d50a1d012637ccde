//! The variables with which engines pass the client's proxies into containers.

/// `--env X=` covers only the spelling it names, so all ten are named. The launcher unsets the
/// empty ones.
pub(super) const VARIABLES: [&str; 10] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "FTP_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "ftp_proxy",
    "no_proxy",
    "all_proxy",
];
