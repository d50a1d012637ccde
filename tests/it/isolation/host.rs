//! 44: the host's environment, names, sockets, homes and proxy settings are not visible.

use crate::harness::{Engine, Told, attack, docker, hold, podman};

/// In every secret that is put where a script must not find it.
const SECRET: &str = "s3cr3t-of-the-host";

const PROXIES: [&str; 10] = [
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

/// What a container's environment may hold: the engines' own, the images', and the launcher's.
const HARMLESS: [&str; 12] = [
    "HOME",
    "HOSTNAME",
    "LANG",
    "LC_CTYPE",
    "OLDPWD",
    "PATH",
    "PWD",
    "PYTHONUNBUFFERED",
    "SHLVL",
    "TERM",
    "_",
    "container",
];

/// Runs a script under a host full of secrets: a client configuration with proxies, and variables.
fn among_secrets(engine: &'static Engine, script: &str) -> Told {
    let proxy = format!("http://user:{SECRET}@proxy.example:3128");
    let proxies = serde_json::json!({
        "httpProxy": proxy, "httpsProxy": proxy, "ftpProxy": proxy, "allProxy": proxy,
        "noProxy": format!("{SECRET}.example"),
    });
    let configuration = serde_json::json!({
        "proxies": { "default": proxies },
        "auths": { "registry.example": { "auth": SECRET } },
        "HttpHeaders": { "X-Secret": SECRET },
    });
    let configuration = configuration.to_string();
    let mut lazaret = attack(engine, script);
    let file = lazaret.file("config.json", configuration.as_bytes());
    let folder = file.parent().and_then(|folder| folder.to_str());
    lazaret = lazaret.env("DOCKER_CONFIG", folder.expect("a UTF-8 path"));
    for name in PROXIES
        .iter()
        .chain(&["AWS_SECRET_ACCESS_KEY", "LAZARET_SECRET", "GITHUB_TOKEN"])
    {
        lazaret = lazaret.env(name, &proxy);
    }
    hold(engine, lazaret).is("succeeded")
}

fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a host name");
    name.trim().to_owned()
}

fn the_host_is_not_visible(engine: &'static Engine) {
    for script in ["look-at-host.py", "look-at-host.sh"] {
        let told = among_secrets(engine, script);
        let host = host_name();
        for output in [told.stdout(), told.stderr()] {
            assert!(!output.contains(SECRET), "{script}: {output}");
            assert!(!output.contains("proxy.example"), "{script}: {output}");
            let names =
                output.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
            assert!(
                !names.into_iter().any(|name| name == host),
                "{script}: {output}"
            );
        }
    }
}

fn the_environment_is_bare(engine: &'static Engine) {
    let report = among_secrets(engine, "look-at-host.py").report();
    let environment = report["environment"].as_object().expect("an object");
    for (name, value) in environment {
        assert!(HARMLESS.contains(&name.as_str()), "{name}={value}");
    }
    assert_eq!(environment["HOME"], "/work");
    assert_eq!(
        report["host name"],
        serde_json::json!(["lazaret", "lazaret"])
    );
    assert_eq!(report["sockets"], serde_json::json!([]));
}

#[test]
fn the_host_is_not_visible_on_docker() {
    let Some(engine) = docker() else { return };
    the_host_is_not_visible(engine);
    the_environment_is_bare(engine);
}

#[test]
fn the_host_is_not_visible_on_podman() {
    let Some(engine) = podman() else { return };
    the_host_is_not_visible(engine);
    the_environment_is_bare(engine);
}

/// The same secrets do reach a container that is started by hand: the test above can fail.
#[test]
fn a_careless_run_would_show_the_clients_proxies() {
    let Some(engine) = docker() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let configuration =
        format!("{{\"proxies\":{{\"default\":{{\"httpProxy\":\"http://{SECRET}\"}}}}}}");
    std::fs::write(folder.path().join("config.json"), configuration).expect("a file");
    let policy: toml::Table = toml::from_str(&engine.policy()).expect("a policy");
    let image = policy["images"]["bash"].as_str().expect("an image");
    let mut careless = engine.command(&["run", "--rm", "--network", "none", "--pull", "never"]);
    careless.args(["--entrypoint", "bash", image, "-c", "echo $HTTP_PROXY"]);
    let output = careless
        .env("DOCKER_CONFIG", folder.path())
        .output()
        .expect("docker starts");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains(SECRET),
        "{output:?}"
    );
}
