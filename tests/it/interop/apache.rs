//! Debian's Apache with `mod_auth_openidc`, in front of one protected page that shows who is signed in.

use crate::real::block_on;
use crate::real::process::{PATIENCE, Process, fresh_dir};
use crate::real::visitor::Visitor;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

const APACHE: &str = "/usr/sbin/apache2";
const MODULES: &str = "/usr/lib/apache2/modules";

/// A running Apache with a folder of its own.
pub struct Apache {
    /// `http://localhost:port`.
    pub address: String,
    process: Process,
}

impl Apache {
    /// Starts one on this port, with these lines about the module.
    pub fn start(port: u16, module: &str) -> Apache {
        for needed in [APACHE.to_owned(), format!("{MODULES}/mod_auth_openidc.so")] {
            let there = Path::new(&needed).exists();
            assert!(there, "{needed} is missing; `apt-get install apache2 libapache2-mod-auth-openidc` brings it");
        }
        let dir = fresh_dir();
        write(dir.path(), port, module);
        let config = dir.path().join("apache.conf");
        // A process group of its own: Apache signals its whole group when it ends.
        let arguments = [APACHE.as_ref(), "-f".as_ref(), config.as_os_str(), "-D".as_ref(), "FOREGROUND".as_ref()];
        let process = Process::start(Path::new("/usr/bin/setsid"), &arguments as &[&OsStr], dir);
        let mut apache = Apache { address: format!("http://localhost:{port}"), process };
        apache.wait_until_ready();
        apache
    }

    /// A page of it.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// What it answered to requests that begin so: the status codes.
    pub fn answered(&self, request: &str) -> Vec<String> {
        let log = std::fs::read_to_string(self.process.dir().join("access.log")).unwrap_or_default();
        log.lines().filter_map(|line| Some(line.strip_prefix(request)?.rsplit_once(' ')?.1.to_owned())).collect()
    }

    fn wait_until_ready(&mut self) {
        let address = self.at("/bye.html");
        let ready = block_on(async {
            let visitor = Visitor::new();
            let answered = async {
                while visitor.try_get(&address).await.is_none_or(|answer| answer.status != 200) {
                    assert!(!self.process.has_ended(), "Apache ended: {}", self.last_words());
                    tokio::time::sleep(Duration::from_millis(30)).await;
                }
            };
            tokio::time::timeout(PATIENCE, answered).await
        });
        assert!(ready.is_ok(), "Apache is not ready after {PATIENCE:?}: {}", self.last_words());
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.process.dir().join("error.log")).unwrap_or_default();
        format!("{}\n{log}", self.process.last_words())
    }
}

/// The folder: two pages and the configuration.
fn write(dir: &Path, port: u16, module: &str) {
    std::fs::create_dir_all(dir.join("site/private")).expect("folders");
    // Started by root, Apache works as another user.
    std::fs::set_permissions(dir, PermissionsExt::from_mode(0o755)).expect("a folder that others may read");
    let shown = ["REMOTE_USER", "OIDC_CLAIM_email", "OIDC_CLAIM_name", "OIDC_CLAIM_sid"];
    let shown: String =
        shown.iter().map(|name| format!("<p class={name}><!--#echo var=\"{name}\" --></p>\n")).collect();
    std::fs::write(dir.join("site/private/index.shtml"), format!("<!doctype html>\n{shown}")).expect("a page");
    std::fs::write(dir.join("site/bye.html"), "<!doctype html>\n<p>Goodbye.</p>\n").expect("a page");
    std::fs::write(dir.join("apache.conf"), configuration(&dir.display().to_string(), port, module)).expect("a file");
}

fn configuration(dir: &str, port: u16, module: &str) -> String {
    let modules: String =
        ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime", "include", "auth_openidc"]
            .iter()
            .map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"))
            .collect();
    format!(
        r#"ServerName localhost
ServerRoot {dir}
Listen 127.0.0.1:{port}
User www-data
Group www-data
PidFile {dir}/apache.pid
DefaultRuntimeDir {dir}
ErrorLog {dir}/error.log
{modules}
LogFormat "%r %>s" short
CustomLog {dir}/access.log short
TypesConfig /dev/null
AddType text/html .shtml .html
AddOutputFilter INCLUDES .shtml
DirectoryIndex index.shtml
DocumentRoot {dir}/site
<Directory {dir}/site>
  Options +Includes
  Require all granted
</Directory>
{module}
"#
    )
}
