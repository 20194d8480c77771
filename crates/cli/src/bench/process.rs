//! What a process or one of its threads costs, as the kernel counts it: CPU time and resident memory, from `/proc`.

use std::time::Duration;

use crate::failure::Failure;

/// Clock ticks in a second, as `/proc/PID/stat` counts them. Linux fixes it at 100 for user space.
const TICKS_PER_SECOND: u64 = 100;

/// A process that is being measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pid: u32,
}

impl Measured {
    /// The process with this id.
    pub(crate) fn new(pid: u32) -> Self {
        Self { pid }
    }

    /// CPU time used so far, in user space and in the kernel, to 10 ms.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        let stat = self.read("stat")?;
        ticks(&stat)
            .map(|ticks| Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
            .ok_or_else(|| unreadable(self.pid))
    }

    /// Its first thread.
    pub(crate) fn first_thread(&self) -> Thread {
        Thread { pid: self.pid, task: self.pid }
    }

    /// The oldest of its threads with this name.
    pub(crate) fn thread(&self, name: &str) -> Result<Thread, Failure> {
        let folder = format!("/proc/{}/task", self.pid);
        let tasks = std::fs::read_dir(folder).map_err(|_| unreadable(self.pid))?;
        let tasks = tasks.filter_map(|task| task.ok()?.file_name().to_str()?.parse().ok());
        let named = |task: &u32| {
            let own = self.read(&format!("task/{task}/comm"));
            own.is_ok_and(|own| own.trim_end() == name)
        };
        let task = tasks.filter(named).min().ok_or_else(|| unreadable(self.pid))?;
        Ok(Thread { pid: self.pid, task })
    }

    /// Resident memory, in bytes.
    pub(crate) fn memory(&self) -> Result<u64, Failure> {
        self.of_status("VmRSS:")
    }

    /// The part of it that is not pages of files, which the system lends to whoever reads them and takes back when it
    /// likes: of a program of some size it maps more of its file than the program ever looks at.
    pub(crate) fn own_memory(&self) -> Result<u64, Failure> {
        self.of_status("RssAnon:")
    }

    fn of_status(&self, name: &str) -> Result<u64, Failure> {
        let status = self.read("status")?;
        bytes_of(&status, name).ok_or_else(|| unreadable(self.pid))
    }

    fn read(&self, name: &str) -> Result<String, Failure> {
        std::fs::read_to_string(format!("/proc/{}/{name}", self.pid))
            .map_err(|_| unreadable(self.pid))
    }
}

/// One thread of a process that is being measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thread {
    pid: u32,
    task: u32,
}

impl Thread {
    /// CPU time used so far, to the nanosecond.
    pub(crate) fn cpu(&self) -> Result<Duration, Failure> {
        let path = format!("/proc/{}/task/{}/schedstat", self.pid, self.task);
        let said = std::fs::read_to_string(path).map_err(|_| unreadable(self.pid))?;
        let nanoseconds = said.split_ascii_whitespace().next().and_then(|first| first.parse().ok());
        nanoseconds.map(Duration::from_nanos).ok_or_else(|| unreadable(self.pid))
    }
}

fn unreadable(pid: u32) -> Failure {
    Failure::new(
        format!("The measured process {pid} is gone, or this system has no /proc."),
        "Measure on Linux; if it is, run the command again and look at what the process said.",
    )
}

/// `utime` and `stime`: fields 14 and 15, counted after the name in parentheses, which may hold spaces.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    Some(user + kernel)
}

fn bytes_of(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_found_behind_a_name_with_spaces_and_parentheses() {
        let stat = "42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 1 0 99";
        assert_eq!(ticks(stat), Some(200));
        assert_eq!(ticks("42 (x) S"), None);
    }

    #[test]
    fn resident_memory_is_read_in_bytes() {
        let status = "Name:\tx\nVmRSS:\t    12 kB\nRssAnon:\t     5 kB\n";
        assert_eq!(bytes_of(status, "VmRSS:"), Some(12 * 1024));
        assert_eq!(bytes_of(status, "RssAnon:"), Some(5 * 1024));
        assert_eq!(bytes_of("Name:\tx\n", "VmRSS:"), None);
    }

    #[test]
    fn this_process_can_be_measured() {
        let me = Measured::new(std::process::id());
        assert!(me.own_memory().unwrap() > 100_000);
        assert!(me.memory().unwrap() > me.own_memory().unwrap());
        me.cpu().unwrap();
        me.first_thread().cpu().unwrap();
        let own = std::thread::Builder::new().name("measured".to_owned());
        let own = own.spawn(move || me.thread("measured").unwrap().cpu().unwrap()).unwrap();
        own.join().unwrap();
        assert!(me.thread("nobody").is_err());
    }
}
