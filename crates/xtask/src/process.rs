//! Running other programs: with a limit on time, a log, and nothing left behind when it ends.
//!
//! Every program is the leader of its own process group, so that what it started ends with it. Ctrl-C
//! reaches only this process; every wait here looks at that and ends the group.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::progress::{self, Progress};
use crate::workspace::Workspace;

/// How many lines of a log a failure shows.
const TAIL: usize = 40;
/// How long a group may take to end when asked.
const GRACE: Duration = Duration::from_secs(5);

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on Ctrl-C, a hang-up and a plain `kill` end what was started here, then this process.
pub(crate) fn watch_for_signals() -> Result<()> {
    let flag = INTERRUPTED.get_or_init(|| Arc::new(AtomicBool::new(false)));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(flag)).context("cannot watch for Ctrl-C")?;
    }
    Ok(())
}

/// Whether somebody asked this command to end.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// Somebody asked this command to end while it waited.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// A program that did not do what it was run for.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    how: How,
    log: PathBuf,
    advice: Option<String>,
    tail: Vec<String>,
}

impl Failure {
    /// All that the program wrote.
    pub(crate) fn read_log(&self) -> io::Result<String> {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// In which way a program failed.
#[derive(Debug)]
enum How {
    NotStarted { program: String, reason: io::Error },
    Exit(ExitStatus),
    TimeOut(Duration),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.what)?;
        match &self.how {
            How::NotStarted { program, reason } => {
                write!(f, "could not be started: {program}: {reason}")?;
            }
            How::Exit(status) => write!(f, "failed ({status})")?,
            How::TimeOut(limit) => {
                write!(f, "did not end within {} and was stopped", progress::clock(*limit))?;
            }
        }
        if let Some(advice) = &self.advice {
            write!(f, "; {advice}")?;
        }
        if !self.tail.is_empty() {
            write!(f, "\n  the end of {}:", self.log.display())?;
            for line in &self.tail {
                write!(f, "\n  | {line}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// One run of a program: what it is for, how long it may take, where its output goes.
#[derive(Debug)]
pub(crate) struct Task {
    what: String,
    limit: Duration,
    log: PathBuf,
    advice: Option<String>,
    tail: usize,
}

impl Task {
    /// A task that may take ten minutes; `what` names it in messages and its log file.
    pub(crate) fn new(workspace: &Workspace, what: &str) -> Self {
        let name: String = what
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        Self {
            what: what.to_owned(),
            limit: Duration::from_secs(600),
            log: workspace.scratch("logs").join(format!("{name}.log")),
            advice: None,
            tail: TAIL,
        }
    }

    /// How long the program may take before it is stopped.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// What to do when it fails: the end of the one sentence that is shown then.
    pub(crate) fn advice(mut self, advice: &str) -> Self {
        self.advice = Some(advice.to_owned());
        self
    }

    /// How many lines of the log a failure shows.
    pub(crate) fn tail(mut self, lines: usize) -> Self {
        self.tail = lines;
        self
    }

    /// Where the program's output goes.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Runs `command` to its end, output to the log, and says how long it took.
    pub(crate) fn run(&self, command: &mut Command) -> Result<Duration> {
        let log = self.open_log()?;
        let copy = log.try_clone().context("cannot write a log twice")?;
        command.stdout(log).stderr(copy);
        let mut progress = Progress::start();
        let status = self.wait(command, |_| progress.tick(&self.log));
        let elapsed = progress.finish(status.as_ref().is_ok_and(ExitStatus::success));
        self.judge(status?).map(|()| elapsed)
    }

    /// Runs `command` to its end and returns what it wrote to standard output; errors go to the log.
    pub(crate) fn output(&self, command: &mut Command) -> Result<String> {
        let out = self.log.with_extension("out");
        command.stderr(self.open_log()?);
        command
            .stdout(File::create(&out).with_context(|| format!("cannot write {}", out.display()))?);
        let status = self.wait(command, |_| ())?;
        self.judge(status)?;
        fs::read_to_string(&out).with_context(|| format!("{} is not text", out.display()))
    }

    fn open_log(&self) -> Result<File> {
        if let Some(folder) = self.log.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        File::create(&self.log).with_context(|| format!("cannot write {}", self.log.display()))
    }

    fn wait(
        &self,
        command: &mut Command,
        mut meanwhile: impl FnMut(&mut Group),
    ) -> Result<ExitStatus> {
        let mut group = match Group::start(command) {
            Ok(group) => group,
            Err(reason) => {
                let program = command.get_program().to_string_lossy().into_owned();
                return Err(self.failure(How::NotStarted { program, reason }).into());
            }
        };
        let started = Instant::now();
        let mut pause = Duration::from_millis(2);
        loop {
            if let Some(status) = group.ended()? {
                return Ok(status);
            }
            if interrupted() {
                group.stop();
                return Err(Interrupted.into());
            }
            if started.elapsed() > self.limit {
                group.stop();
                return Err(self.failure(How::TimeOut(self.limit)).into());
            }
            meanwhile(&mut group);
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if status.success() { Ok(()) } else { Err(self.failure(How::Exit(status)).into()) }
    }

    fn failure(&self, how: How) -> Failure {
        Failure {
            what: self.what.clone(),
            how,
            log: self.log.clone(),
            advice: self.advice.clone(),
            tail: progress::failures(&self.log, self.tail),
        }
    }
}

/// A running program and whatever it starts; all of it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    leader: Pid,
    status: Option<ExitStatus>,
}

impl Group {
    /// Starts `command` without input, as the leader of a new process group.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        let child = command.stdin(Stdio::null()).process_group(0).spawn()?;
        let leader = Pid::from_child(&child);
        Ok(Self { child, leader, status: None })
    }

    /// The group's number, as the system counts processes.
    pub(crate) fn number(&self) -> i32 {
        self.leader.as_raw_nonzero().get()
    }

    /// The status of the leader, once it has ended.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        if self.status.is_none() {
            self.status = self.child.try_wait().context("cannot wait for a started program")?;
        }
        Ok(self.status)
    }

    /// Asks the group to end, and ends it when it does not.
    pub(crate) fn stop(&mut self) {
        // An error here says that nothing of the group is left, which is what is wanted.
        let _ = kill_process_group(self.leader, Signal::TERM);
        let asked = Instant::now();
        while asked.elapsed() < GRACE && !matches!(self.ended(), Ok(Some(_)) | Err(_)) {
            thread::sleep(Duration::from_millis(20));
        }
        self.kill();
    }

    /// Ends the group without asking.
    pub(crate) fn kill(&mut self) {
        let _ = kill_process_group(self.leader, Signal::KILL);
        let _ = self.child.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The file that `program` names on the search path, if any.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The search path with `folders` before everything else.
pub(crate) fn path_with<'a>(
    folders: impl IntoIterator<Item = &'a Path>,
) -> Result<std::ffi::OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.into_iter().map(Path::to_path_buf).chain(std::env::split_paths(&rest));
    std::env::join_paths(all).context("a folder of the search path holds a colon")
}

#[cfg(test)]
mod tests {
    use super::{Command, Task};
    use crate::workspace::Workspace;
    use std::path::Path;
    use std::time::{Duration, Instant};

    fn task(name: &str) -> Task {
        Task::new(&Workspace::find().unwrap(), &format!("process test {name}"))
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failure_is_one_sentence_and_the_end_of_the_log() {
        let task = task("fails").advice("do this").tail(1);
        let error = task.run(&mut shell("echo first; echo last >&2; exit 3")).unwrap_err();
        let text = error.to_string();
        let mut lines = text.lines();
        assert_eq!(lines.next().unwrap(), "process test fails failed (exit status: 3); do this");
        assert_eq!(lines.last().unwrap(), "  | last");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = task("absent").run(&mut Command::new("trailsift-absent")).unwrap_err();
        assert!(error.to_string().contains("could not be started: trailsift-absent"), "{error}");
    }

    #[test]
    fn what_does_not_end_is_stopped_with_what_it_started() {
        let task = task("hangs").limit(Duration::from_millis(300));
        let started = Instant::now();
        let error = task.run(&mut shell("sleep 600 & echo $!; wait")).unwrap_err();
        assert!(error.to_string().contains("did not end within"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(60));
        let child = std::fs::read_to_string(task.log()).unwrap();
        let status = std::fs::read_to_string(Path::new("/proc").join(child.trim()).join("stat"));
        // Gone, or dead and not yet collected by init.
        assert!(status.is_err() || status.unwrap().contains(") Z "));
    }

    #[test]
    fn output_is_what_the_program_wrote_for_others() {
        let text = task("output").output(&mut shell("echo told; echo not told >&2")).unwrap();
        assert_eq!(text, "told\n");
    }
}
