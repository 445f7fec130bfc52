//! A program that cannot outlive the tests.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// How long a program may take until it is ready. The machine may be building something else meanwhile.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The shell holds the other end of a pipe to us: when we end, in whatever way, `cat` ends, and then the program.
/// A destructor alone would not do: statics are never dropped, and a killed test run drops nothing. A browser whose
/// driver was ended stays: it is found by the lock in its profile, a link that ends in its process id.
const KEEPER: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- & program=$!
(cat <&3; kill "$program") >/dev/null 2>&1 & keeper=$!
exec 3<&-
wait "$program"; status=$?
kill "$keeper" 2>/dev/null
for lock in "$0"/profile-*/SingletonLock; do
  if [ -L "$lock" ]; then browser=$(readlink "$lock"); kill "${browser##*-}" 2>/dev/null; sleep 1; fi
done
rm -rf "$0"
exit "$status"
"#;

/// A running program with a directory of its own; both are gone when this is dropped or the tests end.
pub struct Process {
    shell: Child,
    /// Held open as long as the program shall run.
    pipe: Option<ChildStdin>,
    dir: PathBuf,
    lines: Mutex<Receiver<String>>,
}

impl Process {
    /// Starts `program` with `dir` as its working directory, to be removed afterwards.
    pub fn start(program: &Path, arguments: &[&OsStr], dir: tempfile::TempDir) -> Process {
        let dir = dir.keep();
        let log = std::fs::File::create(dir.join("errors.txt")).expect("a file for the program's errors");
        let mut command = Command::new("sh");
        command.arg("-c").arg(KEEPER).arg(&dir).arg(program).args(arguments).current_dir(&dir);
        clean_environment(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut shell = command.spawn().expect("a shell");
        let pipe = shell.stdin.take();
        let lines = Mutex::new(read_lines(shell.stdout.take().expect("the program's output")));
        Process { shell, pipe, dir, lines }
    }

    /// Its working directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The next line it prints; none once it has ended.
    pub fn line(&self) -> Option<String> {
        self.lines().recv_timeout(PATIENCE).ok()
    }

    fn lines(&self) -> MutexGuard<'_, Receiver<String>> {
        self.lines.lock().expect("no reader has failed")
    }

    /// What it said before it failed, for the message of the test that needs it.
    pub fn last_words(&self) -> String {
        let printed: Vec<String> = self.lines().try_iter().collect();
        let errors = std::fs::read_to_string(self.dir.join("errors.txt")).unwrap_or_default();
        format!("{}\n{errors}", printed.join("\n"))
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.shell.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.shell.wait();
    }
}

/// The one who runs the tests may have settings in the environment; the programs under test have none.
pub fn clean_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("ABIDE_") || name_text == "RUST_LOG" || name_text.to_lowercase().ends_with("_proxy") {
            command.env_remove(&name);
        }
    }
}

/// A thread reads, so that the program never waits for us to read.
fn read_lines(output: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// A port that is free at this moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its number").port()
}

/// A directory for one program. Below the system's own and not below `target`: names of sockets must stay short.
pub fn fresh_dir() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("abide-it-").tempdir().expect("a temporary directory")
}
